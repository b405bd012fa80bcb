import { afterEach, beforeEach, expect, test } from '@jest/globals'

import type { Fault } from '../support/fault-proxy.ts'
import { cancelStep, type RunResult } from '../support/runner/runner.ts'
import { testWithSignals } from '../support/what-systems-can.ts'
import { World, type RunOptions } from '../support/world.ts'

let world: World

beforeEach(async () => {
  world = await World.start()
})

afterEach(() => world.close())

interface Interruption extends RunOptions {
  /** Left out: SIGKILL, and the request is never served. */
  readonly isCancelled?: boolean
}

/** Does something to main when a request arrives. */
async function interruptOn(
  proxy: 'githubProxy' | 'authorizationProxy',
  method: string,
  path: RegExp,
  { isCancelled = false, ...options }: Interruption = {},
): Promise<RunResult> {
  let interrupt: () => Promise<void> = () => Promise.resolve()
  const fault: Fault = { kind: 'wait', until: () => interrupt() }
  world[proxy].rules.push({ method, path, fault, times: 1 })
  return world.run({
    with: { 'access-token-secrets': 'ACCESS_TOKEN' },
    ...options,
    onStart: (main) => {
      interrupt = async () => {
        if (!isCancelled) {
          main.kill('SIGKILL')
          await new Promise(() => undefined)
        }
        const noticed = new Promise<void>((resolve) => {
          main.stdout?.on('data', (text: string) => {
            if (text.includes('being cancelled')) resolve()
          })
        })
        cancelStep(main)
        await noticed
      }
    },
  })
}

/** The only live refresh token is in the secret. */
async function expectKept(): Promise<void> {
  const { authorizationServer } = world
  expect(await authorizationServer.liveRefreshTokens()).toEqual([
    world.storedRefreshToken,
  ])
  expect(authorizationServer.replays).toBe(0)
}

test('while the new token is stored: the post step stores it', async () => {
  const { main, post } = await interruptOn(
    'githubProxy',
    'PUT',
    /\/REFRESH_TOKEN$/,
  )
  expect(main.signal).toBe('SIGKILL')
  expect(post.exitCode).toBe(0)
  expect(post.outputs).toMatchObject({
    outcome: 'recovered-journal',
    'credential-state': 'stored',
  })
  await expectKept()

  // The access token was not distributed: that makes the next run due.
  world.clock.advance(120_000)
  const next = await world.run({
    with: { 'access-token-secrets': 'ACCESS_TOKEN' },
  })
  expect(next.main.outputs['outcome']).toBe('rotated')
  await expectKept()
})

test('after the new token is stored: the post step tells the record', async () => {
  // The claim goes through; a first run makes its ref without PATCH.
  const { post } = await interruptOn('githubProxy', 'PATCH', /git\/refs/)
  expect(post.outputs['outcome']).toBe('recovered-journal')
  await expectKept()
  expect(world.history[0]).toMatch(/^Idle: refresh token 1 is current/)
})

test('after the token request: the post step says that it is not known', async () => {
  const { main, post } = await interruptOn(
    'authorizationProxy',
    'POST',
    /token/,
  )
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

test('before the token request: the post step has nothing to say', async () => {
  const { post } = await interruptOn('githubProxy', 'PUT', /PROBE/)
  expect(post.exitCode).toBe(0)
  expect(post.rawOutput).toBe('')
  expect((await world.run()).main.outputs['outcome']).toBe('rotated')
})

test('after the record is committed: the post step has nothing to say', async () => {
  const { post } = await interruptOn('githubProxy', 'PUT', /\/ACCESS_TOKEN$/)
  expect(post.exitCode).toBe(0)
  expect(post.rawOutput).toBe('')
  await expectKept()
})

testWithSignals(
  'cancelled before the token request: nothing is spent, and the claim is given back',
  async () => {
    const { main, post } = await interruptOn(
      'githubProxy',
      'POST',
      /git\/refs/,
      {
        isCancelled: true,
      },
    )
    expect(main.exitCode).toBe(1)
    expect(main.outputs['outcome']).toBe('cancelled')
    expect(post.rawOutput).toBe('')
    expect(world.history[0]).toMatch(/^Idle: refresh token 0 is current/)
    expect(world.authorizationProxy.requests).toEqual([])
  },
)

testWithSignals(
  'cancelled during the token request: the token is stored, and not distributed',
  async () => {
    const { main, post } = await interruptOn(
      'authorizationProxy',
      'POST',
      /token/,
      { isCancelled: true },
    )
    expect(main.exitCode).toBe(1)
    expect(main.outputs).toMatchObject({
      outcome: 'partial',
      'credential-state': 'stored',
      'error-code': 'CANCELLED',
      'access-token': '',
    })
    expect(post.rawOutput).toBe('')
    await expectKept()
  },
)

test('cancelled already: nothing is started', async () => {
  const { main } = await world.run({ job: { status: 'cancelled' } })
  expect(main.exitCode).toBe(1)
  expect(main.outputs['outcome']).toBe('cancelled')
  expect(world.githubProxy.requests).toEqual([])
})

test('the machine is lost while the new token is stored: the next run says that nobody knows', async () => {
  await interruptOn('githubProxy', 'PUT', /\/REFRESH_TOKEN$/, {
    isMachineLost: true,
  })
  const cooling = await world.run()
  expect(cooling.main.outputs['outcome']).toBe('skipped-cooling')
  world.clock.advance(200_000)
  const { main } = await world.run()
  expect(main.exitCode).toBe(1)
  expect(main.outputs).toMatchObject({
    outcome: 'failed',
    'credential-state': 'unknown',
    'error-code': 'TOKEN_REQUEST_INDETERMINATE',
  })
})
