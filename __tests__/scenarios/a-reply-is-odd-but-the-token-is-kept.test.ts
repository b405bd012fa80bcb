import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import type { Fault } from '../support/fault-proxy.ts'
import { World } from '../support/world.ts'

let world: World

beforeEach(async () => {
  world = await World.start()
})

afterEach(() => world.close())

function change(fields: Record<string, unknown>, status?: number): Fault {
  return {
    kind: 'rewrite',
    rewrite: (reply) => ({
      ...reply,
      status: status ?? reply.status,
      body: Buffer.from(
        JSON.stringify({
          ...(JSON.parse(reply.body.toString()) as object),
          ...fields,
        }),
      ),
    }),
  }
}

function atTokenEndpoint(fault: Fault): void {
  world.authorizationProxy.rules.push({ method: 'POST', fault })
}

describe('the new refresh token is stored', () => {
  test.each<[string, Fault]>([
    ['from a reply with 201', change({}, 201)],
    ['without token_type', change({ token_type: undefined })],
    ['with an odd token_type', change({ token_type: 'User Access Token' })],
    ['with expires_in as words', change({ expires_in: 'soon' })],
    ['with scope as a list', change({ scope: ['openid'] })],
    ['with a broken ID token', change({ id_token: 'broken' })],
    [
      'from a reply that is cut short after the refresh token',
      {
        kind: 'cut',
        keep: (body) => body.indexOf('"scope"'),
      },
    ],
  ])('%s', async (_, fault) => {
    atTokenEndpoint(fault)
    const before = world.storedRefreshToken
    const { main } = await world.run()
    expect(main.outputs).toMatchObject({
      outcome: 'rotated',
      'credential-state': 'stored',
    })
    expect(world.storedRefreshToken).not.toBe(before)
    expect(await world.authorizationServer.liveRefreshTokens()).toEqual([
      world.storedRefreshToken,
    ])
    // The next run can go on with it.
    world.authorizationProxy.rules.length = 0
    expect((await world.run()).main.outputs['outcome']).toBe('rotated')
  })

  test('and the job is told that there was no access token', async () => {
    atTokenEndpoint(change({ access_token: undefined }))
    const { main } = await world.run({
      with: { 'access-token-secrets': 'ACCESS_TOKEN' },
    })
    expect(main.outputs).toMatchObject({
      outcome: 'partial',
      'credential-state': 'stored',
      'access-token': '',
      'error-code': 'ACCESS_TOKEN_MISSING',
    })
  })
})

describe('the stored refresh token stays', () => {
  test.each<[string, Fault]>([
    ['when the reply has none', change({ refresh_token: undefined })],
    ['when it is null', change({ refresh_token: null })],
    ['when it is empty', change({ refresh_token: '' })],
  ])('%s', async (_, fault) => {
    atTokenEndpoint(fault)
    const before = world.storedRefreshToken
    const { main } = await world.run({
      with: { 'access-token-secrets': 'ACCESS_TOKEN' },
    })
    expect(main.exitCode).toBe(0)
    expect(main.outputs).toMatchObject({
      outcome: 'not-rotated',
      rotated: 'false',
      'credential-state': 'unchanged',
      'access-token': world.repository.secrets.get('ACCESS_TOKEN')?.value,
    })
    expect(world.storedRefreshToken).toBe(before)
    expect(world.githubProxy.count('PUT', /\/REFRESH_TOKEN$/)).toBe(0)
  })
})
