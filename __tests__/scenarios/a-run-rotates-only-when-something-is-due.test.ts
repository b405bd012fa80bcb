import { afterEach, beforeEach, expect, test } from '@jest/globals'

import { World } from '../support/world.ts'

const HOUR = 3_600_000

const inputs = {
  'access-token': '${{ secrets.ACCESS_TOKEN }}',
  'access-token-secrets': 'ACCESS_TOKEN',
}

let world: World

beforeEach(async () => {
  world = await World.start()
  await world.run({ with: inputs })
})

afterEach(() => world.close())

async function outcomeOf(
  changes: Record<string, string> = {},
): Promise<string | undefined> {
  const { main } = await world.run({ with: { ...inputs, ...changes } })
  return main.outputs['outcome']
}

test('the stored access token is good: nothing is written or sent', async () => {
  world.githubProxy.requests.length = 0
  world.authorizationProxy.requests.length = 0
  const { main, post } = await world.run({ with: inputs })
  expect(main.exitCode).toBe(0)
  expect(main.outputs).toMatchObject({
    outcome: 'skipped-not-due',
    rotated: 'false',
    'access-token': world.repository.secrets.get('ACCESS_TOKEN')?.value,
    'credential-state': 'unchanged',
    sequence: '1',
  })
  const due = Date.parse(main.outputs['next-due-at'] ?? '')
  expect(Date.parse(main.outputs['expires-at'] ?? '') - due).toBe(HOUR / 4)
  expect(post.rawOutput).toBe('')
  expect(world.authorizationProxy.requests).toEqual([])
  expect(world.githubProxy.requests.map(({ method }) => method)).not.toContain(
    'PUT',
  )
})

test('less than minimum-validity is left: it rotates', async () => {
  world.clock.advance(0.7 * HOUR)
  expect(await outcomeOf()).toBe('skipped-not-due')
  expect(await outcomeOf({ 'minimum-validity': '20m' })).toBe('rotated')
})

test('forced: it rotates', async () => {
  expect(await outcomeOf({ force: 'true' })).toBe('rotated')
})

test('nobody knows when the stored access token expires: it rotates', async () => {
  world.repository.secrets.set('ACCESS_TOKEN', 'from-somewhere-else')
  expect(await outcomeOf()).toBe('rotated')
})

test('a JWT says itself when it expires', async () => {
  const part = (value: object): string =>
    Buffer.from(JSON.stringify(value)).toString('base64url')
  const exp = Math.floor(world.clock.now().getTime() / 1000) + 3600
  const jwt = `${part({ alg: 'ES256' })}.${part({ exp })}.signature`
  world.repository.secrets.set('ACCESS_TOKEN', jwt)
  expect(await outcomeOf()).toBe('skipped-not-due')
  world.clock.advance(HOUR)
  expect(await outcomeOf()).toBe('rotated')
})

test('a place was not written: the next run is due', async () => {
  world.githubProxy.rules.push({
    method: 'PUT',
    path: /\/ACCESS_TOKEN$/,
    times: 1,
    fault: { kind: 'respond', status: 422, body: '{"message":"No."}' },
  })
  world.githubProxy.rules.push({
    method: 'PUT',
    path: /\/ACCESS_TOKEN$/,
    times: 1,
    fault: { kind: 'respond', status: 422, body: '{"message":"No."}' },
  })
  const { main } = await world.run({ with: { ...inputs, force: 'true' } })
  expect(main.exitCode).toBe(1)
  expect(main.outputs).toMatchObject({
    outcome: 'partial',
    'credential-state': 'stored',
  })
  expect(await outcomeOf()).toBe('rotated')
  expect(await outcomeOf()).toBe('skipped-not-due')
})

test('more is asked for than there can be: a warning with both numbers', async () => {
  const { main } = await world.run({
    with: { ...inputs, 'minimum-validity': '2h' },
  })
  expect(main.outputs['outcome']).toBe('rotated')
  const warning = main.annotations.find(({ kind }) => kind === 'warning')
  expect(warning?.message).toMatch(
    /'minimum-validity' is 7200 s, but the access token lives for only 3\d{3} s /,
  )
})
