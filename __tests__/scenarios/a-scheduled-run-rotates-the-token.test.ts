import { afterEach, beforeEach, expect, test } from '@jest/globals'

import { clients } from '../support/authorization-server.ts'
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

test('asks GitHub six times, and proves write access before it refreshes', async () => {
  await world.run()
  const secrets = '/repos/acme/web/actions/secrets'
  const requests = world.githubProxy.requests.map(
    ({ method, path }) => `${method} ${path.replace(/PROBE_.*/, 'PROBE')}`,
  )
  expect(requests.slice(0, 2).sort()).toEqual([
    `GET ${secrets}/REFRESH_TOKEN`,
    `GET ${secrets}/public-key`,
  ])
  expect(requests.slice(2)).toEqual([
    `PUT ${secrets}/ROTATE_TOKEN_PROBE`,
    `DELETE ${secrets}/ROTATE_TOKEN_PROBE`,
    `GET ${secrets}/REFRESH_TOKEN`,
    `PUT ${secrets}/REFRESH_TOKEN`,
  ])
  expect(world.authorizationProxy.count('POST', /token/)).toBe(1)
  expect([...world.repository.secrets.secrets.keys()]).not.toContainEqual(
    expect.stringContaining('PROBE'),
  )
})

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

test('says plainly that nothing protects the token before it is stored', async () => {
  const { main } = await world.run()
  expect(main.log.join('\n')).toContain(
    'if GitHub refuses the new refresh token after this, that token is lost',
  )
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
