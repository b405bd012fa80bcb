import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Agent } from 'undici'

import { createAuthorizationServer } from '../../src/oauth/authorization-server.ts'
import type {
  AuthorizationServer as Port,
  RefreshResult,
} from '../../src/rotation/ports.ts'
import { SecretValue } from '../../src/rotation/tokens/secret-value.ts'
import {
  AuthorizationServer,
  clients,
  type Client,
} from '../support/authorization-server.ts'
import { InMemoryAuthorizationServer } from '../support/in-memory.ts'
import { portsOn } from '../support/oauth-ports.ts'

interface Subject {
  readonly port: Port
  /** The same server, asked by somebody who does not know the secret. */
  readonly stranger: Port
  readonly first: string
  accepts(token: string): Promise<boolean>
  close(): Promise<void>
}

async function inMemory(): Promise<Subject> {
  const server = new InMemoryAuthorizationServer('first')
  return {
    port: server,
    stranger: {
      prepare: () => server.prepare(),
      introspect: (token) => server.introspect(token),
      requestClientCredentials: () => server.requestClientCredentials(),
      async refresh(token) {
        server.isClientKnown = false
        const result = await server.refresh(token)
        server.isClientKnown = true
        return result
      },
    },
    first: 'first',
    accepts: async (token) => token === server.live,
    close: async () => undefined,
  }
}

async function oidcProvider(
  client: Client,
  endpoint: 'issuer' | 'tokenEndpoint',
): Promise<Subject> {
  const server = new AuthorizationServer()
  await server.start()
  const dispatcher = new Agent()
  const create = (secret: string): Port =>
    createAuthorizationServer(
      {
        client: {
          id: client.id,
          authMethod: client.authMethod,
          ...(secret !== '' && { secret: new SecretValue(secret) }),
        },
        [endpoint]: new URL(server[endpoint]),
        tokenRequestParameters: [],
      },
      portsOn(dispatcher),
    )
  return {
    port: create(client.secret),
    stranger: create(`${client.secret}-wrong`),
    first: await server.mintRefreshToken(client.id),
    accepts: (token) => server.acceptsRefreshToken(token),
    async close() {
      await dispatcher.destroy()
      await server.close()
    },
  }
}

describe.each<[string, () => Promise<Subject>]>([
  ['in memory', inMemory],
  [
    'oidc-provider with client_secret_basic',
    () => oidcProvider(clients.basic, 'tokenEndpoint'),
  ],
  [
    'oidc-provider with client_secret_post',
    () => oidcProvider(clients.post, 'tokenEndpoint'),
  ],
  ['oidc-provider, discovered', () => oidcProvider(clients.basic, 'issuer')],
])('an authorization server: %s', (_, create) => {
  let subject: Subject

  beforeEach(async () => {
    subject = await create()
  })

  afterEach(() => subject.close())

  function refresh(token: string, port = subject.port): Promise<RefreshResult> {
    return port.refresh(new SecretValue(token))
  }

  async function successor(token: string): Promise<string> {
    const result = await refresh(token)
    if (result.kind !== 'issued') throw new Error(result.kind)
    return result.tokens.refreshToken?.reveal() ?? ''
  }

  test('spends nothing while it is prepared', async () => {
    await subject.port.prepare()
    await subject.port.prepare()
    expect(await subject.accepts(subject.first)).toBe(true)
  })

  test('issues a pair and takes the old refresh token out of force', async () => {
    const result = await refresh(subject.first)
    expect(result).toMatchObject({
      kind: 'issued',
      defects: [],
      tokens: {
        expiresInSeconds: 3600,
        issuedAt: expect.any(Date),
        accessToken: expect.any(SecretValue),
        refreshToken: expect.any(SecretValue),
      },
    })
    expect(await subject.accepts(subject.first)).toBe(false)
  })

  test('rotates again and again', async () => {
    const second = await successor(subject.first)
    const third = await successor(second)
    expect(new Set([subject.first, second, third]).size).toBe(3)
    expect(await subject.accepts(third)).toBe(true)
  })

  test('says that a token is dead', async () => {
    expect((await refresh('never issued')).kind).toBe('invalid-grant')
  })

  test('takes a replay for a theft and ends the newest token too', async () => {
    const second = await successor(subject.first)
    expect((await refresh(subject.first)).kind).toBe('invalid-grant')
    expect(await subject.accepts(second)).toBe(false)
  })

  test('refuses a client that it does not know, and the token lives', async () => {
    expect(await refresh(subject.first, subject.stranger)).toMatchObject({
      kind: 'refused',
      reason: 'client',
    })
    expect(await subject.accepts(subject.first)).toBe(true)
  })
})

test('a public client refreshes without a secret', async () => {
  const subject = await oidcProvider(clients.public, 'tokenEndpoint')
  const port = subject.port
  expect((await port.refresh(new SecretValue(subject.first))).kind).toBe(
    'issued',
  )
  await subject.close()
})
