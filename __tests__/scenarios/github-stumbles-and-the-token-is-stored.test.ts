import { afterEach, beforeEach, expect, test } from '@jest/globals'

import type { Fault } from '../support/fault-proxy.ts'
import { GITHUB_TOKEN, World } from '../support/world.ts'

let world: World

beforeEach(async () => {
  world = await World.start()
})

afterEach(() => world.close())

const secondaryLimit = JSON.stringify({
  message: 'You have exceeded a secondary rate limit.',
})

const faults: [string, Fault, number][] = [
  ['500 once', { kind: 'respond', status: 500 }, 1],
  ['502 three times', { kind: 'respond', status: 502 }, 3],
  [
    '429 with Retry-After',
    { kind: 'respond', status: 429, headers: { 'retry-after': '1' } },
    1,
  ],
  [
    '403 with Retry-After',
    {
      kind: 'respond',
      status: 403,
      headers: { 'retry-after': '1' },
      body: secondaryLimit,
    },
    1,
  ],
  [
    'a connection dropped before GitHub acts',
    { kind: 'drop', when: 'before' },
    1,
  ],
  [
    'a connection dropped after GitHub has acted',
    { kind: 'drop', when: 'after' },
    1,
  ],
]

/** The access token has a place too, so that this is every call of a rotation. */
const storing = ['PUT', /\/REFRESH_TOKEN$/] as const
const otherSteps: [string, string, RegExp][] = [
  ['the secret is looked at', 'GET', /\/REFRESH_TOKEN$/],
  ['the key is fetched', 'GET', /\/public-key$/],
  ['write access is proven', 'PUT', /\/ROTATE_TOKEN_PROBE_/],
  ['the probe is deleted', 'DELETE', /\/ROTATE_TOKEN_PROBE_/],
  ['the access token is distributed', 'PUT', /\/ACCESS_TOKEN$/],
]

test.each(faults)(
  '%s while the new token is stored',
  async (_, fault, times) => {
    await expectRecovery(...storing, fault, times)
  },
)

test.each(otherSteps)('a lost answer while %s', async (_, method, path) => {
  await expectRecovery(method, path, { kind: 'drop', when: 'after' }, 1)
})

async function expectRecovery(
  method: string,
  path: RegExp,
  fault: Fault,
  times: number,
): Promise<void> {
  world.githubProxy.rules.push({ method, path, fault, times })
  const { main } = await world.run({
    with: { 'access-token-secrets': 'ACCESS_TOKEN' },
  })
  expect(main.outputs).toMatchObject({
    outcome: 'rotated',
    'credential-state': 'stored',
  })
  // The look at the secret is made twice in a good run.
  const inGoodRun = method === 'GET' && path.test('/REFRESH_TOKEN') ? 2 : 1
  expect(world.githubProxy.count(method, path)).toBe(inGoodRun + times)
  expect(world.authorizationProxy.count('POST', /token/)).toBe(1)
  expect(await world.authorizationServer.liveRefreshTokens()).toEqual([
    world.storedRefreshToken,
  ])
}

test('a new public key between the preflight and the write', async () => {
  world.authorizationProxy.rules.push({
    fault: {
      kind: 'rewrite',
      rewrite: (reply) => {
        world.repository.secrets.rotateKey()
        return reply
      },
    },
  })
  const { main } = await world.run()
  expect(main.outputs['outcome']).toBe('rotated')
  expect(world.githubProxy.count('PUT', /\/REFRESH_TOKEN$/)).toBe(2)
  expect(world.githubProxy.count('GET', /\/public-key$/)).toBe(2)
})

test('more patience is asked for than there is before the spend', async () => {
  world.github.addToken(
    GITHUB_TOKEN,
    {
      kind: 'fine-grained',
      permissions: { secrets: 'write' },
      repositories: ['acme/web'],
    },
    {
      perHour: 0,
      pointsPerMinute: 900,
      writesPerMinute: 80,
      writesPerHour: 500,
    },
  )
  const { main } = await world.run()
  expect(main.outputs).toMatchObject({
    outcome: 'failed',
    'error-code': 'RATE_LIMITED',
    'credential-state': 'unchanged',
  })
  expect(main.annotations[0]?.message).toMatch(
    /Run the workflow again after \d{4}-/,
  )
  expect(world.authorizationProxy.requests).toEqual([])
})
