import { generateKeyPairSync } from 'node:crypto'

import { afterAll, describe, expect, test } from '@jest/globals'
import { Agent } from 'undici'

import type {
  Client,
  ClientAuthMethod,
} from '../../src/oauth/client-authentication.ts'
import { providers } from '../../src/oauth/known-providers.ts'
import {
  resolveProvider,
  type ResolvedProvider,
} from '../../src/oauth/known-providers.ts'
import type { Provider } from '../../src/oauth/provider.ts'
import { requestRefresh } from '../../src/oauth/token-endpoint.ts'
import type { RotationClass } from '../../src/rotation/record/rotation-class.ts'
import type { RefreshResult } from '../../src/rotation/ports.ts'
import { SecretValue } from '../../src/rotation/tokens/secret-value.ts'
import { find } from '../project/files.ts'
import { portsOn } from '../support/oauth-ports.ts'
import {
  clientId,
  clientSecret,
  serveVendor,
} from '../support/vendor-server.ts'
import type {
  Credentials,
  Duration,
  Exchange,
  RefreshTokens,
  VendorShape,
} from './vendor-shape.ts'

const ids = find('__tests__/oauth/vendor-shapes/*.ts').map((file) =>
  file.replace(/^.*\/|\.ts$/g, ''),
)
const shapes = await Promise.all(
  ids.sort().map(async (id) => {
    const { shape } = (await import(`./vendor-shapes/${id}.ts`)) as {
      shape: VendorShape
    }
    return { id, shape }
  }),
)

const dispatcher = new Agent({ allowH2: false })
afterAll(() => dispatcher.destroy())

const alive = 'the-refresh-token'
const dead = 'a-refresh-token-that-is-dead'
const privateKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey

function providerOf(id: string): Provider {
  const provider = providers.get(id)
  if (provider === undefined) throw new Error(`no provider ${id}`)
  return provider
}

function resolve(id: string, fill: Exchange['fill'] = {}): ResolvedProvider {
  const parameters = new Map(Object.entries(fill))
  const resolved = resolveProvider(providerOf(id), parameters)
  if (Array.isArray(resolved)) throw new Error(resolved.join(' '))
  return resolved
}

test('every provider has a shape, and every shape a provider', () => {
  expect(shapes.map(({ id }) => id)).toEqual([...providers.keys()])
})

describe.each(shapes)('$id', ({ id, shape }) => {
  test('does to refresh tokens what the vendor says', () => {
    const { refreshTokens } = shape
    const provider = providerOf(id)
    expect(provider.rotationClass).toBe(classOf(refreshTokens))
    expect(provider.graceSeconds).toBe(graceOf(refreshTokens))
    expect({
      unused: provider.refreshTokenIdleSeconds,
      inAnyCase: provider.refreshTokenAbsoluteSeconds,
    }).toEqual({
      unused: secondsOf(refreshTokens.endsUnused),
      inAnyCase: secondsOf(refreshTokens.ends),
    })
  })

  test('is asked where and with what the vendor says', () => {
    const known = new Set(providerOf(id).clientAuthMethods)
    const taken = shape.exchanges.flatMap(({ demands }) => demands.credentials)
    expect(known).toEqual(
      new Set(shape.leavesCredentialsOpen ? [] : taken.map(methodOf)),
    )
    for (const { fill, demands } of shape.exchanges) {
      const { issuer, tokenEndpoint } = resolve(id, fill)
      expect({ issuer: issuer?.href, endpoint: tokenEndpoint?.href }).toEqual(
        demands.isDiscovered
          ? { issuer: demands.url }
          : { endpoint: demands.url },
      )
    }
    for (const { fill, url } of shape.otherAddresses ?? []) {
      expect(resolve(id, fill).tokenEndpoint?.href).toBe(url)
    }
  })

  test('has a shape that does not contradict itself', () => {
    const { renewal } = shape.refreshTokens
    for (const { good } of shape.exchanges) {
      if (renewal === 'always') expect(good.refreshToken).toMatch(/^new-/)
      if (renewal === 'never') expect(good.refreshToken ?? alive).toBe(alive)
    }
  })

  test.each(
    shape.exchanges.flatMap((exchange) =>
      exchange.demands.credentials.map((credentials, index) => ({
        credentials,
        exchange,
        isPreferred: index === 0,
      })),
    ),
  )(
    'understands us, and we understand it ($credentials)',
    async ({ credentials, exchange, isPreferred }) => {
      const { good, bad } = exchange
      const resolved = resolve(id, exchange.fill)
      const client = clientFor(credentials, resolved.provider, isPreferred)
      const server = await serveVendor(exchange, credentials, { alive, dead })
      try {
        const issued = await refresh(
          exchange,
          resolved,
          client,
          server.url,
          alive,
        )
        expect(server.objections).toEqual([])
        if (issued.kind !== 'issued') throw new Error(JSON.stringify(issued))
        const { tokens, defects } = issued
        expect(defects).toEqual(good.defects ?? [])
        expect({
          access: tokens.accessToken?.reveal(),
          refresh: tokens.refreshToken?.reveal(),
        }).toEqual({ access: 'new-access-token', refresh: good.refreshToken })
        if (good.expiresIn !== undefined) {
          const off = (tokens.expiresInSeconds ?? NaN) - good.expiresIn
          expect(Math.abs(off)).toBeLessThan(5)
        }
        if (good.refreshTokenLives !== undefined) {
          const end = tokens.refreshTokenExpiresAt?.getTime() ?? NaN
          const lives = (end - (tokens.issuedAt?.getTime() ?? NaN)) / 1000
          expect(lives).toBe(good.refreshTokenLives)
        }
        const refused = await refresh(
          exchange,
          resolved,
          client,
          server.url,
          dead,
        )
        expect(server.objections).toEqual([])
        expect(refused.kind).toBe(bad.kind)
        expect(server.requests).toBe(2)
      } finally {
        await server.close()
      }
    },
  )
})

/** What a run has to reckon with, when this is all that is said. */
function classOf({ renewal, old }: RefreshTokens): RotationClass {
  if (renewal === 'as configured') return 'strict'
  switch (old) {
    case 'lives on':
      return 'non-rotating'
    case 'lives until something new is used':
      return 'confirm-on-use'
    case 'dies':
    case 'as configured':
    case undefined:
      return 'strict'
    default:
      return 'grace'
  }
}

/** A tenth less than is said, and at least ten seconds. */
function graceOf(refreshTokens: RefreshTokens): number | undefined {
  if (classOf(refreshTokens) !== 'grace') return undefined
  const told = secondsOf(refreshTokens.old as Duration) ?? NaN
  return Math.min(told - 10, told * 0.9)
}

const units: Readonly<Record<string, number>> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  month: 30 * 86_400,
  year: 365 * 86_400,
}

function secondsOf(duration: Duration | undefined): number | undefined {
  if (duration === undefined) return undefined
  const [count, unit = ''] = duration.split(' ')
  return Number(count) * (units[unit.replace(/s$/, '')] ?? NaN)
}

function methodOf(credentials: Credentials): ClientAuthMethod {
  switch (credentials) {
    case 'HTTP Basic':
    case 'HTTP Basic, the secret as user name':
      return 'client_secret_basic'
    case 'in the body':
      return 'client_secret_post'
    case 'an assertion, signed with a key':
      return 'private_key_jwt'
    case 'an assertion, signed with the secret':
      return 'client_secret_jwt'
    case 'an ID token':
      return 'github_oidc'
    case 'a certificate':
      return 'tls_client_auth'
    case 'client_id in the body':
    case 'client_id in the query':
    case 'PRIVATE-TOKEN':
    case 'none':
      return 'none'
  }
}

/**
 * The client that has such credentials. Those that the vendor shows have to be
 * those that are chosen for it, the others need only be understood.
 */
function clientFor(
  credentials: Credentials,
  { clientAuthMethods }: Provider,
  isPreferred: boolean,
): Client {
  const method = methodOf(credentials)
  const hasSecret = method.startsWith('client_secret_')
  const authMethod = isPreferred
    ? clientAuthMethods.find(
        (each) => each.startsWith('client_secret_') === hasSecret,
      )
    : method
  return {
    id: clientId,
    ...(hasSecret && { secret: new SecretValue(clientSecret) }),
    ...(method === 'private_key_jwt' && { privateKey: { key: privateKey } }),
    ...(authMethod && { authMethod }),
  }
}

/** Refreshes with all that is known of the provider, but for the host. */
function refresh(
  { add = [] }: Exchange,
  { provider, ...addresses }: ResolvedProvider,
  client: Client,
  server: string,
  token: string,
): Promise<RefreshResult> {
  const url = addresses.tokenEndpoint ?? addresses.issuer
  const endpoint = new URL(`${url?.pathname}${url?.search}`, server).href
  return requestRefresh(
    {
      client,
      tokenRequestParameters: [...add],
      ...(provider.request && { request: provider.request }),
      ...(provider.reply && { reply: provider.reply }),
    },
    { issuer: server, token_endpoint: endpoint },
    new SecretValue(token),
    {
      ...portsOn(dispatcher),
      requestIdToken: () => Promise.resolve(new SecretValue('of.the.workflow')),
    },
  )
}
