import { afterAll, expect, test } from '@jest/globals'
import { Agent } from 'undici'

import type { Client } from '../../../src/oauth/client-authentication.ts'
import {
  findProvider,
  providers,
  resolveProvider,
  type ResolvedProvider,
} from '../../../src/oauth/known-providers.ts'
import { requestTokens } from '../../../src/oauth/token-endpoint.ts'
import type { RefreshResult } from '../../../src/rotation/ports.ts'
import { SecretValue } from '../../../src/rotation/secret-value.ts'
import { portsOn } from '../../support/oauth-ports.ts'
import {
  clientId,
  clientSecret,
  serveVendor,
} from '../../support/vendor-server.ts'
import { business } from './business.ts'
import { collaboration } from './collaboration.ts'
import { consumer } from './consumer.ts'
import { developerPlatforms } from './developer-platforms.ts'
import { identityPlatforms } from './identity-platforms.ts'
import type { VendorShape } from './shape.ts'

const shapes: readonly VendorShape[] = [
  ...business,
  ...collaboration,
  ...consumer,
  ...developerPlatforms,
  ...identityPlatforms,
]

const dispatcher = new Agent({ allowH2: false })
afterAll(() => dispatcher.destroy())

const alive = 'the-refresh-token'
const dead = 'a-refresh-token-that-is-dead'

function resolve({ id, fill = {} }: VendorShape): ResolvedProvider {
  const provider = findProvider(id)
  if (provider === undefined) throw new Error(`no provider ${id}`)
  const resolved = resolveProvider(provider, new Map(Object.entries(fill)))
  if (Array.isArray(resolved)) throw new Error(resolved.join(' '))
  return resolved
}

/** The client that such a vendor has: with a secret, unless it is public. */
function clientFor(
  { demands }: VendorShape,
  { provider }: ResolvedProvider,
): Client {
  const hasSecret =
    demands.credentials === 'in the body' ||
    demands.credentials.startsWith('HTTP Basic')
  const authMethod = provider.clientAuthMethods.find(
    (method) => method.startsWith('client_secret_') === hasSecret,
  )
  return {
    id: clientId,
    ...(hasSecret && { secret: new SecretValue(clientSecret) }),
    ...(authMethod && { authMethod }),
  }
}

/** Refreshes with what the provider says, but for the host. */
function refresh(
  shape: VendorShape,
  resolved: ResolvedProvider,
  server: string,
  token: string,
): Promise<RefreshResult> {
  const { provider } = resolved
  const url = resolved.tokenEndpoint ?? resolved.issuer
  const endpoint = new URL(`${url?.pathname}${url?.search}`, server).href
  return requestTokens(
    {
      client: clientFor(shape, resolved),
      tokenRequestParameters: [...(shape.add ?? [])],
      ...(provider.request && { request: provider.request }),
      ...(provider.reply && { reply: provider.reply }),
    },
    { issuer: server, token_endpoint: endpoint },
    new SecretValue(token),
    portsOn(dispatcher),
  )
}

test('every provider has a shape', () => {
  const described = new Set(shapes.map(({ id }) => id))
  expect([...described].sort()).toEqual(providers.map(({ id }) => id))
})

test.each(shapes.map((shape) => [shape.id, shape.demands.credentials, shape]))(
  '%s understands us, and we understand it (%s)',
  async (_id, _credentials, shape) => {
    const { demands, good, bad } = shape as VendorShape
    const resolved = resolve(shape as VendorShape)
    expect((resolved.tokenEndpoint ?? resolved.issuer)?.href).toBe(demands.url)
    const server = await serveVendor(shape as VendorShape, { alive, dead })
    try {
      const issued = await refresh(
        shape as VendorShape,
        resolved,
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
        shape as VendorShape,
        resolved,
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
