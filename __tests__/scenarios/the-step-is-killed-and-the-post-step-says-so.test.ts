import { afterEach, beforeEach, expect, test } from '@jest/globals'

import type { Fault } from '../support/fault-proxy.ts'
import type { RunResult } from '../support/runner/runner.ts'
import { World } from '../support/world.ts'

let world: World

beforeEach(async () => {
  world = await World.start()
})

afterEach(() => world.close())

/** Kills main when a request arrives, then lets the runner do what it does. */
async function killOn(
  proxy: 'githubProxy' | 'authorizationProxy',
  method: string,
  path: RegExp,
): Promise<RunResult> {
  let kill: () => void = () => undefined
  const fault: Fault = {
    kind: 'wait',
    until: async () => {
      kill()
      await new Promise(() => undefined)
    },
  }
  world[proxy].rules.push({ method, path, fault })
  return world.run({
    with: { 'access-token-secrets': 'ACCESS_TOKEN' },
    onStart: (main) => {
      kill = () => main.kill('SIGKILL')
    },
  })
}

test('after the token request: the post step says that it is not known', async () => {
  const { main, post } = await killOn('authorizationProxy', 'POST', /token/)
  expect(main.signal).toBe('SIGKILL')
  expect(post.exitCode).toBe(1)
  expect(post.outputs).toMatchObject({
    outcome: 'failed',
    'credential-state': 'unknown',
    'error-code': 'TOKEN_REQUEST_INDETERMINATE',
  })
  expect(post.annotations[0]?.message).toContain(
    '`gh secret set REFRESH_TOKEN --repo acme/web`',
  )
})

test('while the new token is stored: the same', async () => {
  const { post } = await killOn('githubProxy', 'PUT', /\/REFRESH_TOKEN$/)
  expect(post.exitCode).toBe(1)
})

test('before the token request: the post step has nothing to say', async () => {
  const { post } = await killOn('githubProxy', 'PUT', /PROBE/)
  expect(post.exitCode).toBe(0)
  expect(post.rawOutput).toBe('')
})

test('after the new token is stored: the same', async () => {
  const { post } = await killOn('githubProxy', 'PUT', /\/ACCESS_TOKEN$/)
  expect(post.exitCode).toBe(0)
  expect(post.rawOutput).toBe('')
})
