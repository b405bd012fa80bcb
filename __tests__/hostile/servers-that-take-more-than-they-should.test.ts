import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { ConnectProxy } from '../support/connect-proxy.ts'
import type { Client } from '../support/authorization-server.ts'
import { CertificateAuthority } from '../support/certificates.ts'
import type { Reply } from '../support/fault-proxy.ts'
import { FaultProxy } from '../support/fault-proxy.ts'
import { serveThief } from '../support/intruder.ts'
import type { RunResult } from '../support/runner/runner.ts'
import { World } from '../support/world.ts'

let world: World
/** Whoever would send something to a name that is not of this machine. */
let outside: ConnectProxy

beforeEach(async () => {
  world = await World.start()
  outside = new ConnectProxy({ refusal: 502 })
  await outside.start()
})

afterEach(async () => {
  await outside.close()
  await world.close()
})

/** Lets the authorization server say more of itself than is true. */
function discover(
  changes: (metadata: Record<string, unknown>) => Record<string, unknown>,
): Record<string, string> {
  world.authorizationProxy.rules.push({
    path: /well-known/,
    fault: {
      kind: 'rewrite',
      rewrite: (reply: Reply) => {
        const metadata = JSON.parse(reply.body.toString()) as object
        const issuer = world.authorizationProxy.url
        const token_endpoint = `${issuer}/token`
        const told = { ...metadata, issuer, token_endpoint }
        return {
          ...reply,
          body: Buffer.from(JSON.stringify({ ...told, ...changes(told) })),
        }
      },
    },
  })
  return { issuer: world.authorizationProxy.url, 'token-endpoint': '' }
}

function run(inputs: Record<string, string>): Promise<RunResult> {
  return world.run({
    with: inputs,
    job: {
      environment: { HTTP_PROXY: outside.url, HTTPS_PROXY: outside.url },
    },
  })
}

async function expectUnspent(): Promise<void> {
  const { authorizationServer, storedRefreshToken = '' } = world
  expect(authorizationServer.refreshes).toBe(0)
  expect(
    await authorizationServer.acceptsRefreshToken(storedRefreshToken),
  ).toBe(true)
}

describe('an endpoint on plain http that was discovered', () => {
  test.each(['introspection', 'userinfo'])(
    '%s gets nothing where it is asked for',
    async (verify) => {
      const inputs = discover(() => ({
        [`${verify}_endpoint`]: 'http://as.test/take',
      }))
      const { main } = await run({ ...inputs, verify })
      expect(outside.targets).toEqual([])
      expect(main.outputs).toMatchObject({
        outcome: 'failed',
        'error-code': 'CONFIGURATION_INVALID',
        'credential-state': 'unchanged',
      })
      expect(main.log.join('\n')).toContain(
        `The ${verify}_endpoint in the metadata of ${world.authorizationProxy.url}/ is an http: URL; secrets are sent over https: only: it is not used.`,
      )
      await expectUnspent()
    },
  )

  test('introspection is not used where it would only help', async () => {
    const inputs = discover(() => ({
      introspection_endpoint: 'http://as.test/take',
    }))
    const { main } = await run(inputs)
    expect(outside.targets).toEqual([])
    expect(main.outputs['outcome']).toBe('rotated')
  })

  test('the token endpoint gets nothing', async () => {
    const inputs = discover(() => ({ token_endpoint: 'http://as.test/take' }))
    const { main } = await run(inputs)
    expect(outside.targets).toEqual([])
    expect(main.outputs['error-code']).toBe('DISCOVERY_FAILED')
    await expectUnspent()
  })

  test('as an alias for mutual TLS gets no token', async () => {
    const authority = new CertificateAuthority('CN=Clients,O=Test')
    const { certificate, privateKey } = authority.issueForClient()
    const inputs = discover(() => ({
      mtls_endpoint_aliases: { token_endpoint: 'http://as.test/take' },
    }))
    const { main } = await run({
      ...inputs,
      'client-secret': '',
      'client-auth-method': 'tls_client_auth',
      'client-certificate': certificate,
      'client-private-key': privateKey,
    })
    expect(outside.targets).toEqual([])
    expect(main.outputs['error-code']).toBe('DISCOVERY_FAILED')
    expect(main.annotations[0]?.message).toContain(
      'its mtls_endpoint_aliases.token_endpoint is an http: URL',
    )
    await expectUnspent()
  })
})

describe('an answer without end', () => {
  /** What was taken of it, buffers of the kernel included. */
  const MAX_BYTES = 16 * 1024 * 1024
  const token = { path: /\/token$/ }

  test.each<[string, Parameters<FaultProxy['rules']['push']>[0], string]>(
    [
      ['the record', { path: /git\/ref\// }, 'failed'],
      ['the public key', { path: /public-key$/ }, 'failed'],
      ['the secret', { method: 'GET', path: /\/REFRESH_TOKEN$/ }, 'failed'],
      // Only a help: nobody needs it.
      ['the run', { path: /attempts/ }, 'rotated'],
    ].map(([what, rule, outcome]) => [
      what as string,
      { ...(rule as object), fault: { kind: 'endless', start: '{"a":"' } },
      outcome as string,
    ]),
  )('of GitHub, about %s', async (_, rule, outcome) => {
    world.githubProxy.rules.push(rule)
    const { main } = await world.run()
    expect(main.outputs['outcome']).toBe(outcome)
    expect(world.githubProxy.endlessBytes).toBeLessThan(MAX_BYTES)
    if (outcome === 'rotated') return
    expect(main.annotations[0]?.message).toContain('more than 1 MiB')
    await expectUnspent()
  })

  test('of the authorization server, about itself', async () => {
    const inputs = discover(() => ({}))
    world.authorizationProxy.rules.unshift({
      path: /well-known/,
      fault: { kind: 'endless', start: '{"a":"' },
    })
    const { main } = await world.run({ with: inputs })
    expect(main.outputs['error-code']).toBe('DISCOVERY_FAILED')
    expect(main.annotations[0]?.message).toContain('it is longer than 1 MiB')
    expect(world.authorizationProxy.endlessBytes).toBeLessThan(MAX_BYTES)
    await expectUnspent()
  })

  test('of the authorization server, with a token at its beginning', async () => {
    world.authorizationProxy.rules.push({
      ...token,
      fault: {
        kind: 'endless',
        start: '{"access_token":"at-1","refresh_token":"rt-1","x":"',
      },
    })
    const { main } = await world.run()
    expect(main.outputs['outcome']).toBe('rotated')
    expect(world.storedRefreshToken).toBe('rt-1')
    expect(world.authorizationProxy.endlessBytes).toBeLessThan(MAX_BYTES)
  })

  test.each(['introspection', 'userinfo', 'a URL'])(
    'of what tries the new token: %s',
    async (verify) => {
      const other = new FaultProxy('http://127.0.0.1:9')
      other.rules.push({ fault: { kind: 'endless', start: '{"active":' } })
      await other.start()
      const inputs = discover(() => ({
        introspection_endpoint: `${other.url}/introspection`,
        userinfo_endpoint: `${other.url}/me`,
      }))
      const url = `${other.url}/me`
      const { main } = await world.run({
        with: { ...inputs, verify: verify === 'a URL' ? url : verify },
      })
      await other.close()
      expect(main.outputs['credential-state']).toBe('stored')
      // Whatever it says at length, a URL has answered 2xx.
      const outcome = verify === 'introspection' ? 'failed' : 'rotated'
      expect(main.outputs['outcome']).toBe(outcome)
      // It is asked three times.
      expect(other.endlessBytes).toBeLessThan(3 * MAX_BYTES)
    },
  )

  test('of the runner, instead of an ID token', async () => {
    const runner = new FaultProxy('http://127.0.0.1:9')
    runner.rules.push({ fault: { kind: 'endless', start: '{"value":"' } })
    await runner.start()
    const { main } = await world.run({
      with: { 'client-secret': '', 'client-auth-method': 'github_oidc' },
      job: {
        environment: {
          ACTIONS_ID_TOKEN_REQUEST_URL: `${runner.url}/token?v=2`,
          ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'runner-token',
        },
      },
    })
    expect(main.outputs['error-code']).toBe('CLIENT_AUTHENTICATION_FAILED')
    expect(runner.endlessBytes).toBeLessThan(3 * MAX_BYTES)
    await runner.close()
    await expectUnspent()
  })
})

test('a token that says it lives for ever is read back from the record', async () => {
  const claims = btoa(JSON.stringify({ exp: Date.now() }))
  world.authorizationProxy.rules.push({
    ...{ method: 'POST', times: 1 },
    fault: {
      kind: 'rewrite',
      rewrite: (reply: Reply) => {
        const body = JSON.parse(reply.body.toString()) as object
        const odd = {
          access_token: `eyJhbGciOiJub25lIn0.${claims}.c2ln`,
          expires_in: undefined,
          refresh_token_expires_at: 1e15,
        }
        return {
          ...reply,
          body: Buffer.from(JSON.stringify({ ...body, ...odd })),
        }
      },
    },
  })
  expect((await world.run()).main.outputs['outcome']).toBe('rotated')
  expect((await world.run()).main.outputs['outcome']).toBe('rotated')
})

describe('a small body that is large inside', () => {
  test('of the authorization server, about itself', async () => {
    const { gzipSync } = await import('node:zlib')
    const bomb = gzipSync(Buffer.alloc(512 * 1024 * 1024, ' '), { level: 9 })
    expect(bomb.length).toBeLessThan(1024 * 1024)
    const inputs = discover(() => ({}))
    world.authorizationProxy.rules.unshift({
      path: /well-known/,
      fault: {
        kind: 'rewrite',
        rewrite: (reply) => ({
          status: 200,
          headers: {
            'content-type': 'application/json',
            'content-encoding': 'gzip',
            date: reply.headers.date ?? '',
          },
          body: bomb,
        }),
      },
    })
    const { main } = await world.run({ with: inputs })
    expect(main.annotations[0]?.message).toContain('it is longer than 1 MiB')
    await expectUnspent()
  })
})

describe('a redirect', () => {
  test('of GitHub to somebody else takes no token along', async () => {
    const thief = await serveThief()
    world.githubProxy.rules.push({
      method: 'GET',
      path: /public-key$/,
      times: 1,
      fault: {
        kind: 'respond',
        status: 302,
        headers: { location: `${thief.url}/login` },
      },
    })
    const { main } = await world.run()
    expect(thief.requests).toEqual([])
    expect(main.outputs['outcome']).toBe('rotated')
    await thief.close()
  })

  test('within GitHub is followed, and keeps the method', async () => {
    const moved = '/repos/acme/web/actions/secrets/REFRESH_TOKEN'
    world.githubProxy.rules.push({
      method: 'PUT',
      path: /\/REFRESH_TOKEN$/,
      times: 1,
      fault: {
        kind: 'respond',
        status: 307,
        headers: { location: moved },
      },
    })
    const { main } = await world.run()
    expect(main.outputs['outcome']).toBe('rotated')
    expect(await world.authorizationServer.liveRefreshTokens()).toEqual([
      world.storedRefreshToken,
    ])
  })
})

const publicClient: Client = { id: 'public', secret: '', authMethod: 'none' }

describe('a CA for the authorization server', () => {
  test('is none for GitHub', async () => {
    await world.close()
    const authority = new CertificateAuthority('CN=Company CA,O=Test')
    world = await World.start(
      publicClient,
      { rotationClass: 'strict', graceSeconds: 0 },
      { clients: [publicClient], tls: authority.issueForServer() },
    )
    const front = new FaultProxy(world.github.url, authority.issueForServer())
    await front.start()
    const inputs = {
      'token-endpoint': world.authorizationServer.tokenEndpoint,
      'ca-certificates': authority.certificate,
    }
    const { main } = await world.run({
      with: { ...inputs, record: 'none' },
      job: { apiUrl: front.url },
    })
    await front.close()
    expect(front.requests).toEqual([])
    expect(main.outputs['error-code']).toBe('GITHUB_UNAVAILABLE')
    expect(main.log.join('\n')).toContain('NODE_EXTRA_CA_CERTS')
    await expectUnspent()
  })
})
