import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { MockAgent } from 'undici'

import { createAuthorizationServer } from '../../src/oauth/authorization-server.ts'
import { createHealthCheck } from '../../src/oauth/health-check.ts'
import type { Failure } from '../../src/rotation/outcome/errors.ts'
import { SecretValue } from '../../src/rotation/tokens/secret-value.ts'
import { createSystem } from '../../src/runtime/system.ts'
import { portsOn } from '../support/oauth-ports.ts'

let agent: MockAgent

beforeEach(() => {
  agent = new MockAgent()
  agent.disableNetConnect()
})

afterEach(() => agent.close())

function check(accessToken: string): Promise<Failure | undefined> {
  const server = createAuthorizationServer(
    {
      client: { id: 'me' },
      tokenEndpoint: new URL('https://as.example/token'),
      tokenRequestParameters: [],
    },
    portsOn(agent),
  )
  return createHealthCheck(
    new URL('https://api.example/me'),
    server,
    agent,
    createSystem(),
  ).check(new SecretValue(accessToken))
}

test.each(['one\ntwo', 'one\rtwo', 'a\0b', 't\u00f6ken', '\u{1f511}'])(
  'a token that no header can carry is told, and not sent: %j',
  async (token) => {
    const failure = await check(token)
    expect(failure).toMatchObject({
      code: 'HEALTH_CHECK_FAILED',
      what: expect.stringContaining('characters that a header cannot carry'),
    })
    expect(failure?.remedy).toContain('introspection')
    expect(failure?.what).not.toContain(token)
  },
)

test.each(['token', 'one two', 'one\ttwo'])(
  'any other is: %j',
  async (token) => {
    const headers = { authorization: `Bearer ${token}` }
    agent
      .get('https://api.example')
      .intercept({ path: '/me', headers })
      .reply(200, '{}')
    expect(await check(token)).toBeUndefined()
    agent.assertNoPendingInterceptors()
  },
)
