import { afterEach, beforeEach, expect, test } from '@jest/globals'

import { askerOf, type Ask, type Seen } from './asking.ts'
import { publishedLimits, type Limits } from './limits.ts'
import { GitHubStandIn } from './stand-in.ts'

let github: GitHubStandIn
let ask: Ask

beforeEach(async () => {
  github = new GitHubStandIn()
  await github.start()
  ask = askerOf(github)
  github.addRepository('acme/web')
})

afterEach(async () => {
  expect(github.violations).toEqual([])
  await github.close()
})

const secret = '/repos/acme/web/actions/secrets/RT'
const write = (): Promise<Seen> => ask('DELETE', secret)
const read = (): Promise<Seen> => ask('GET', secret)

function limit(limits: Partial<Limits>): void {
  github.addToken(
    'token',
    {
      kind: 'fine-grained',
      permissions: { secrets: 'write' },
      repositories: ['acme/web'],
    },
    { ...publishedLimits, ...limits },
  )
}

test('who writes often has to pause between writes', async () => {
  limit({ pauseBetweenWrites: { after: 2, milliseconds: 10_000 } })
  for (let times = 0; times < 3; times += 1) {
    expect((await write()).status).toBe(404)
  }
  const refused = await write()
  expect(refused).toMatchObject({
    status: 403,
    body: { message: expect.stringContaining('secondary rate limit') },
  })
  const seconds = Number(refused.headers.get('retry-after'))
  expect(seconds).toBeGreaterThan(5)
  expect(seconds).toBeLessThanOrEqual(10)
  expect((await read()).status).toBe(404)

  github.clock.advance(seconds * 1000)
  expect((await write()).status).toBe(404)
  expect((await write()).status).toBe(403)
  expect(github.refusedForLimits).toBe(2)
})

test('but not for having read', async () => {
  limit({ pauseBetweenWrites: { after: 1, milliseconds: 10_000 } })
  for (let times = 0; times < 5; times += 1) await read()
  expect((await write()).status).toBe(404)
  expect((await write()).status).toBe(404)
})

test('and not once a minute has gone by', async () => {
  limit({ pauseBetweenWrites: { after: 1, milliseconds: 10_000 } })
  await write()
  github.clock.advance(30_000)
  await write()
  github.clock.advance(30_000)
  expect((await write()).status).toBe(404)
  github.clock.advance(60_000)
  expect((await write()).status).toBe(404)
  expect((await write()).status).toBe(404)
  expect((await write()).status).toBe(403)
})

test('the published limits ask for no pause', async () => {
  limit({})
  for (let times = 0; times < 20; times += 1) await write()
  expect(github.refusedForLimits).toBe(0)
})

test('a secondary limit may keep to itself when it ends', async () => {
  limit({ writesPerMinute: 1, hasNoRetryAfter: true })
  await write()
  const refused = await write()
  expect(refused).toMatchObject({
    status: 403,
    body: { message: expect.stringContaining('secondary rate limit') },
  })
  expect(refused.headers.has('retry-after')).toBe(false)
  expect(refused.headers.get('x-ratelimit-remaining')).not.toBe('0')
})

test.each([403, 429] as const)('the primary limit has %i', async (status) => {
  limit({ perHour: 1, primaryStatus: status })
  await read()
  const refused = await read()
  expect(refused).toMatchObject({
    status,
    body: { message: expect.stringContaining('API rate limit exceeded') },
  })
  expect(refused.headers.get('x-ratelimit-remaining')).toBe('0')
  expect(github.refusedForLimits).toBe(1)
})
