import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Agent } from 'undici'

import { authenticate } from '../../src/oauth/client-authentication.ts'
import { discover } from '../../src/oauth/discovery.ts'
import { SecretValue } from '../../src/rotation/tokens/secret-value.ts'
import { AuthorizationServer } from '../support/authorization-server.ts'
import { sendJson, serve, type RunningServer } from '../support/http-server.ts'
import { portsOn } from '../support/oauth-ports.ts'

const OIDC = '/.well-known/openid-configuration'
const RFC8414 = '/.well-known/oauth-authorization-server'

let dispatcher: Agent
let server: RunningServer
/** What the server answers, by path; asked paths in `asked`. */
let pages: Record<string, [status: number, body: unknown]>
let asked: string[]
/** How many requests fail first. */
let failures: number

beforeEach(async () => {
  dispatcher = new Agent({ allowH2: false })
  pages = {}
  asked = []
  failures = 0
  server = await serve((request, response) => {
    const path = request.url ?? ''
    asked.push(path)
    const isFailing = asked.length <= failures
    const page = isFailing ? undefined : pages[path]
    const [status, body] = page ?? [isFailing ? 503 : 404, {}]
    sendJson(response, status, body)
  })
})

afterEach(async () => {
  await dispatcher.destroy()
  await server.close()
})

function metadata(changes: object = {}): [number, object] {
  const issuer = server.url
  return [200, { issuer, token_endpoint: `${issuer}/token`, ...changes }]
}

test('finds the token endpoint of a real server', async () => {
  const real = new AuthorizationServer()
  await real.start()
  const { metadata: found } = await discover(
    new URL(real.issuer),
    false,
    dispatcher,
  )
  expect(found.token_endpoint).toBe(real.tokenEndpoint)
  await real.close()
})

test('asks at the place of RFC 8414 when OpenID Connect has none', async () => {
  pages[RFC8414] = metadata()
  const { metadata: found } = await discover(
    new URL(server.url),
    false,
    dispatcher,
  )
  expect(found.token_endpoint).toBe(`${server.url}/token`)
  expect(asked).toEqual([OIDC, RFC8414])
})

test('keeps the path of the issuer', async () => {
  const issuer = `${server.url}/tenant`
  pages[`/tenant${OIDC}`] = metadata({ issuer })
  const { metadata: found } = await discover(new URL(issuer), false, dispatcher)
  expect(found.issuer).toBe(issuer)
})

describe('fails before anything is spent', () => {
  test.each<[string, () => [number, unknown], string]>([
    [
      'another issuer',
      () => metadata({ issuer: 'https://evil.example' }),
      'it names another issuer',
    ],
    [
      'a token endpoint without TLS',
      () => metadata({ token_endpoint: 'http://as.example/token' }),
      'its token_endpoint is an http: URL; secrets are sent over https: only',
    ],
    [
      'no token endpoint',
      () => metadata({ token_endpoint: undefined }),
      'its token_endpoint is not a URL',
    ],
    ['something else than JSON', () => [200, '<html>'], 'OAUTH'],
    ['an error', () => [403, {}], 'HTTP 403'],
    ['a redirect', () => [302, {}], 'HTTP 302'],
  ])('on %s', async (_, page, reason) => {
    pages[OIDC] = page()
    await expect(
      discover(new URL(server.url), false, dispatcher),
    ).rejects.toMatchObject({
      code: 'DISCOVERY_FAILED',
      credentialState: 'unchanged',
      what: expect.stringContaining(reason),
    })
  })

  test('on a server that is not there', async () => {
    const { url } = server
    await server.close()
    await expect(
      discover(new URL(url), false, dispatcher),
    ).rejects.toMatchObject({
      code: 'DISCOVERY_FAILED',
      what: expect.stringContaining('ECONNREFUSED'),
    })
  })
})

test('survives a server that stumbles once', async () => {
  failures = 1
  pages[OIDC] = metadata()
  const { metadata: found } = await discover(
    new URL(server.url),
    false,
    dispatcher,
  )
  expect(found.token_endpoint).toBe(`${server.url}/token`)
  expect(asked).toEqual([OIDC, OIDC])
})

describe('the way to authenticate that is chosen', () => {
  const secret = new SecretValue('secret')

  async function chosen(
    supported: string[] | undefined,
    client: { secret?: SecretValue },
  ): Promise<string> {
    const as = {
      issuer: 'https://as.example',
      ...(supported && { token_endpoint_auth_methods_supported: supported }),
    }
    const body = new URLSearchParams()
    const headers = new Headers()
    const noPorts = portsOn(new Agent())
    await authenticate({ id: 'me', ...client }, as, noPorts)(
      as,
      { client_id: 'me' },
      body,
      headers,
    )
    if (headers.has('authorization')) return 'client_secret_basic'
    return body.has('client_secret') ? 'client_secret_post' : 'none'
  }

  test.each([
    [undefined, 'client_secret_basic'],
    [['client_secret_basic', 'client_secret_post'], 'client_secret_basic'],
    [['client_secret_post'], 'client_secret_post'],
    [['private_key_jwt'], 'client_secret_basic'],
  ])(
    'with a secret, where %j is supported, is %s',
    async (supported, method) => {
      expect(await chosen(supported, { secret })).toBe(method)
    },
  )

  test('without a secret is none', async () => {
    expect(await chosen(['client_secret_post'], {})).toBe('none')
  })
})
