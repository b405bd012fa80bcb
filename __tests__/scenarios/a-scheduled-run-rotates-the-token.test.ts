import { afterEach, beforeEach, expect, test } from '@jest/globals'

import { clients } from '../support/authorization-server.ts'
import { RoundTrips } from '../support/round-trips.ts'
import { World } from '../support/world.ts'

let world: World

beforeEach(async () => {
  world = await World.start()
})

afterEach(() => world.close())

test('three runs in a row leave the newest token in the secret', async () => {
  for (let run = 1; run <= 3; run++) {
    const before = world.storedRefreshToken
    const { main, post } = await world.run()
    expect(main.exitCode).toBe(0)
    expect(post.exitCode).toBe(0)
    expect(main.outputs).toEqual({
      outcome: 'rotated',
      rotated: 'true',
      'access-token': expect.stringMatching(/^\S+$/),
      'expires-at': expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      'next-due-at': expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      'refresh-token-expires-at': '',
      sequence: String(run),
      'credential-state': 'stored',
      'error-code': '',
    })
    const accessToken = main.outputs['access-token'] ?? ''
    expect(
      await world.authorizationServer.acceptsAccessToken(accessToken),
    ).toBe(true)
    expect(world.storedRefreshToken).not.toBe(before)
    world.github.clock.advance(8 * 3_600_000)
  }
  const { authorizationServer } = world
  expect(authorizationServer.refreshes).toBe(3)
  expect(authorizationServer.replays).toBe(0)
  expect(await authorizationServer.liveRefreshTokens()).toEqual([
    world.storedRefreshToken,
  ])
})

test('takes eight sequential round trips, and proves write access before it refreshes', async () => {
  await world.run()
  world.githubProxy.requests.length = 0
  world.authorizationProxy.requests.length = 0
  const roundTrips = new RoundTrips()
  for (const proxy of [world.githubProxy, world.authorizationProxy]) {
    proxy.rules.push({ fault: roundTrips.fault })
  }
  const { main } = await world.run()
  expect(main.outputs['outcome']).toBe('rotated')
  expect(roundTrips.count).toBe(8)

  const requests = world.githubProxy.requests.map(
    ({ method, path }) =>
      `${method} ${path
        .replace(/^\/repos\/acme\/web/, '')
        .replace(/PROBE_.*/, 'PROBE')
        .replace(/-?[0-9a-f]{8,40}$/, '')}`,
  )
  const secrets = '/actions/secrets'
  expect(requests.slice(0, 5).sort()).toEqual([
    'GET /actions/runs/1000002/attempts/1',
    `GET ${secrets}/REFRESH_TOKEN`,
    `GET ${secrets}/public-key`,
    'GET /git/ref/heads%2Frotate-token%2Frefresh-token',
    'GET /git/ref/rotate-token%2Frefresh-token',
  ])
  expect(requests[5]).toBe('GET /git/commits/')
  expect(requests.slice(6, 8).sort()).toEqual([
    'POST /git/commits',
    `PUT ${secrets}/ROTATE_TOKEN_PROBE`,
  ])
  expect(requests.slice(8, 10).sort()).toEqual([
    `DELETE ${secrets}/ROTATE_TOKEN_PROBE`,
    'PATCH /git/refs/rotate-token%2Frefresh-token',
  ])
  expect(requests.slice(10)).toEqual([
    `GET ${secrets}/REFRESH_TOKEN`,
    `PUT ${secrets}/REFRESH_TOKEN`,
    'POST /git/commits',
    'PATCH /git/refs/rotate-token%2Frefresh-token',
  ])
  expect(world.authorizationProxy.count('POST', /token/)).toBe(1)
  expect([...world.repository.secrets.secrets.keys()]).not.toContainEqual(
    expect.stringContaining('PROBE'),
  )
}, 15_000)

test('masks every token before the output could show it', async () => {
  const { main } = await world.run()
  const lines = main.rawOutput.split('\n')
  const masked = lines
    .filter((line) => line.startsWith('::add-mask::'))
    .map((line) => line.slice('::add-mask::'.length))
  expect(masked).toContain(world.storedRefreshToken)
  expect(masked).toContain(main.outputs['access-token'])
  const lastMask = lines.findLastIndex((line) => line.includes('::add-mask::'))
  const stored = lines.findIndex((line) => line.startsWith('Stored'))
  expect(lastMask).toBeLessThan(stored)
})

test.each([clients.post, clients.public])(
  'works for a client with $authMethod',
  async (client) => {
    const other = await World.start(client)
    const { main } = await other.run({
      with: { 'client-auth-method': client.authMethod },
    })
    expect(main.outputs['outcome']).toBe('rotated')
    await other.close()
  },
)

test('discovers the token endpoint of an issuer', async () => {
  const { main } = await world.run({
    with: {
      issuer: world.authorizationServer.issuer,
      'token-endpoint': '',
    },
  })
  expect(main.outputs['outcome']).toBe('rotated')
})
