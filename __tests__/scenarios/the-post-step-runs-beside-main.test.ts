import { afterEach, beforeEach, expect, test } from '@jest/globals'

import type { RunResult } from '../support/runner/runner.ts'
import { World } from '../support/world.ts'

let world: World

beforeEach(async () => {
  world = await World.start()
})

afterEach(() => world.close())

/**
 * As in a job with a container, where the runner gives up on main and its signals
 * do not arrive: main waits for an answer, the post step runs from beginning to
 * end, and then main goes on.
 */
async function runBoth(
  proxy: 'githubProxy' | 'authorizationProxy',
  method: string,
  path: RegExp,
): Promise<RunResult> {
  const waiting = Promise.withResolvers<undefined>()
  const released = Promise.withResolvers<undefined>()
  world[proxy].rules.push({
    method,
    path,
    times: 1,
    fault: {
      kind: 'wait',
      until: () => {
        waiting.resolve(undefined)
        return released.promise
      },
    },
  })
  return world.run({
    with: { 'access-token-secrets': 'ACCESS_TOKEN' },
    giveUpOnMain: waiting.promise,
    onPostStart: (post) => {
      post.once('exit', () => {
        released.resolve(undefined)
      })
    },
  })
}

async function expectKept(): Promise<void> {
  const { authorizationServer } = world
  expect(await authorizationServer.liveRefreshTokens()).toEqual([
    world.storedRefreshToken,
  ])
  expect(authorizationServer.replays).toBe(0)
  world.clock.advance(200_000)
  const { main } = await world.run()
  expect(main.outputs['outcome']).toBe('rotated')
}

test('main waits for its token: it stores it, and hands nothing out', async () => {
  const { main, post } = await runBoth('authorizationProxy', 'POST', /token$/)
  expect(post.outputs['credential-state']).toBe('unknown')
  expect(main.outputs).toMatchObject({
    outcome: 'partial',
    'credential-state': 'stored',
    'access-token': '',
  })
  expect(world.repository.secrets.get('ACCESS_TOKEN')).toBeUndefined()
  await expectKept()
})

test('main waits for GitHub to store it: the post step does, and main does no harm', async () => {
  const { main, post } = await runBoth('githubProxy', 'PUT', /\/REFRESH_TOKEN$/)
  expect(post.outputs['outcome']).toBe('recovered-journal')
  expect(main.outputs['credential-state']).toBe('stored')
  expect(world.repository.secrets.get('ACCESS_TOKEN')).toBeUndefined()
  await expectKept()
})

test('main waits for the record: the post step tells it, and main stops', async () => {
  const { main, post } = await runBoth('githubProxy', 'PATCH', /git\/refs/)
  expect(post.outputs['outcome']).toBe('recovered-journal')
  expect(main.outputs['credential-state']).toBe('stored')
  await expectKept()
})
