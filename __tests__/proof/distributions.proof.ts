import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import type { Fault } from '../support/fault-proxy.ts'
import { DistributionWorld, placeIds } from '../support/distribution-world.ts'
import { strikeRun, type Way } from './crash-points.ts'

/** Longer than a request can still take effect. */
const NEXT_RUN_MILLISECONDS = 200_000

let distribute: DistributionWorld

beforeEach(async () => {
  distribute = await DistributionWorld.start()
})

afterEach(() => distribute.close())

/** What must hold at any time. */
function check(): void {
  for (const token of distribute.held) {
    expect(distribute.refused.has(token)).toBe(false)
  }
}

/** After some clean runs all places hold the newest token, and it works. */
async function checkFinished(): Promise<void> {
  for (let run = 1; run <= 2; run++) {
    distribute.world.clock.advance(NEXT_RUN_MILLISECONDS)
    const { main } = await distribute.run()
    check()
    if (main.exitCode === 0 && distribute.record.pendingPlaces.length === 0)
      break
  }
  const [token, ...others] = distribute.held
  expect(token).toBeDefined()
  expect(new Set(others)).toEqual(new Set([token]))
  const { authorizationServer, storedRefreshToken } = distribute.world
  expect(await authorizationServer.acceptsAccessToken(token ?? '')).toBe(true)
  expect(await authorizationServer.liveRefreshTokens()).toEqual([
    storedRefreshToken,
  ])
  expect(authorizationServer.replays).toBe(0)
  expect(distribute.record).toMatchObject({ phase: 'idle', pendingPlaces: [] })
}

const places = [
  /repos\/acme\/web\/actions\/secrets\/ACCESS_TOKEN$/,
  /environments\/production\/secrets\/ACCESS_TOKEN$/,
  /repos\/acme\/api\/actions\/secrets\/ACCESS_TOKEN$/,
] as const
const ways: readonly Way[] = [
  'killed, then post',
  'cancelled',
  'machine lost',
  'killed in main and in post',
]

describe.each(ways)('%s', (way) => {
  describe.each([false, true])(
    'the request had been carried out: %s',
    (isDone) => {
      test.each(places.map((path, index) => [index, path] as const))(
        'while place %d was written',
        async (_, path) => {
          await distribute.run()
          distribute.world.clock.advance(3_600_000)
          await strikeRun(
            distribute.world,
            {
              name: 'place',
              server: 'github',
              method: 'PUT',
              path,
              isDone,
            },
            way,
            { with: { ...distribute.inputs, force: 'true' } },
          )
          check()
          const { pendingPlaces } = distribute.record
          // Whatever has not got the newest token is listed.
          const newest = distribute.held[0]
          for (const [index, token] of distribute.held.entries()) {
            const isListed = pendingPlaces.includes(String(placeIds[index]))
            if (token !== newest) expect(isListed).toBe(true)
          }
          const before = distribute.tokenRequests
          await checkFinished()
          expect(distribute.tokenRequests - before).toBeLessThanOrEqual(1)
        },
      )
    },
  )
})

const faults: Record<string, Fault> = {
  '403': { kind: 'respond', status: 403, body: '{"message":"No"}' },
  '404': { kind: 'respond', status: 404, body: '{"message":"Not Found"}' },
  '422': { kind: 'respond', status: 422, body: '{"message":"Odd"}' },
  '401': {
    kind: 'respond',
    status: 401,
    body: '{"message":"Bad credentials"}',
  },
  '500 once': { kind: 'respond', status: 500, body: '{"message":"Oops"}' },
  'reset before': { kind: 'drop', when: 'before' },
  'reset after': { kind: 'drop', when: 'after' },
}

describe.each(Object.keys(faults))('%s', (name) => {
  test.each(places.map((path, index) => [index, path] as const))(
    'on place %d',
    async (index, path) => {
      const fault = faults[name]
      if (fault === undefined) throw new Error('no fault')
      // A key that is refused is fetched again, so two refusals are meant.
      const times = name === '422' ? 2 : 1
      distribute.world.githubProxy.rules.push({
        method: 'PUT',
        path,
        fault,
        times,
      })
      const { main } = await distribute.run()
      check()
      const isRefused = name.startsWith('4')
      expect(main.outputs['outcome']).toBe(isRefused ? 'partial' : 'rotated')
      expect(distribute.record.pendingPlaces).toEqual(
        isRefused ? [placeIds[index]] : [],
      )
      const requests = distribute.tokenRequests
      await checkFinished()
      // The token that the run is given is in the first place.
      expect(distribute.tokenRequests - requests).toBe(
        isRefused && index === 0 ? 1 : 0,
      )
    },
  )
})

const steps = [
  { name: 'claim', method: 'PATCH', path: /\/git\/refs/, count: 1 },
  { name: 'write', method: 'PUT', path: places[1], count: 1 },
  { name: 'close', method: 'PATCH', path: /\/git\/refs/, count: 2 },
] as const

describe.each(ways)('a run that finishes a distribution: %s', (way) => {
  describe.each([false, true])('carried out: %s', (isDone) => {
    test.each(steps.map((step) => [step.name, step] as const))(
      'at its %s; nothing is indeterminate afterwards',
      async (_, step) => {
        distribute.world.githubProxy.rules.push({
          method: 'PUT',
          path: places[1],
          times: 1,
          fault: { kind: 'respond', status: 403, body: '{"message":"No"}' },
        })
        await distribute.run()
        const [token] = distribute.held
        const requests = distribute.tokenRequests
        await strikeRun(
          distribute.world,
          { ...step, server: 'github', isDone },
          way,
          { with: distribute.inputs },
        )
        check()
        // No cooling: the next run comes at once.
        const { main } = await distribute.run()
        expect(main.outputs['outcome']).toMatch(
          /^distributed$|^skipped-not-due$/,
        )
        expect(distribute.held).toEqual([token, token, token])
        expect(distribute.record).toMatchObject({ phase: 'idle' })
        expect(distribute.tokenRequests).toBe(requests)
        await checkFinished()
      },
    )
  })
})

test('a token that does not work reaches none of them, however often', async () => {
  await distribute.run()
  const before = distribute.held
  distribute.refuse(true)
  for (let run = 1; run <= 3; run++) {
    distribute.world.clock.advance(3_600_000)
    const { main } = await distribute.run()
    expect(main.outputs['error-code']).toBe('HEALTH_CHECK_FAILED')
    expect(main.outputs['access-token']).toBe('')
    expect(distribute.held).toEqual(before)
    expect([...distribute.record.pendingPlaces].sort()).toEqual(
      [...placeIds].sort(),
    )
  }
  distribute.refuse(false)
  await checkFinished()
})
