import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { DistributionWorld, placeIds } from '../support/distribution-world.ts'

let distribute: DistributionWorld

beforeEach(async () => {
  distribute = await DistributionWorld.start()
})

afterEach(() => distribute.close())

/** GitHub does not let the second place be written, once. */
function refuseSecondPlace(): void {
  distribute.world.githubProxy.rules.push({
    method: 'PUT',
    path: /environments.*\/ACCESS_TOKEN$/,
    times: 1,
    fault: { kind: 'respond', status: 403, body: '{"message":"No"}' },
  })
}

async function runHalf(): Promise<string> {
  refuseSecondPlace()
  const { main } = await distribute.run()
  expect(main.outputs).toMatchObject({
    outcome: 'partial',
    'credential-state': 'stored',
    'error-code': 'PERMISSION_MISSING',
  })
  expect(main.exitCode).toBe(1)
  const token = main.outputs['access-token'] ?? ''
  expect(distribute.held).toEqual([token, undefined, token])
  expect(distribute.record.pendingPlaces).toEqual([placeIds[1]])
  return token
}

describe('by the next run', () => {
  test('without a token request, when it is given the stored access token', async () => {
    const token = await runHalf()
    const { main } = await distribute.run()
    expect(main.outputs).toMatchObject({
      outcome: 'distributed',
      rotated: 'false',
      'access-token': token,
      'credential-state': 'unchanged',
    })
    expect(main.exitCode).toBe(0)
    expect(distribute.held).toEqual([token, token, token])
    expect(distribute.tokenRequests).toBe(1)
    expect(distribute.record).toMatchObject({
      phase: 'idle',
      pendingPlaces: [],
    })

    // And then there is nothing to do.
    const { main: after } = await distribute.run()
    expect(after.outputs['outcome']).toBe('skipped-not-due')
  })

  test('also in a deploy that has to have a token', async () => {
    const token = await runHalf()
    const { main } = await distribute.run({ with: { 'on-skip': 'fail' } })
    expect(main.exitCode).toBe(0)
    expect(main.outputs['access-token']).toBe(token)
  })

  test('with another rotation, when it is not given it', async () => {
    const token = await runHalf()
    const { main } = await distribute.run({ with: { 'access-token': '' } })
    expect(main.outputs['outcome']).toBe('rotated')
    const newest = main.outputs['access-token']
    expect(newest).not.toBe(token)
    expect(distribute.held).toEqual([newest, newest, newest])
    expect(distribute.record.pendingPlaces).toEqual([])
  })

  test('with another rotation, when the token does not work any more', async () => {
    const token = await runHalf()
    distribute.refuse(true)
    const { main } = await distribute.run()
    // The rotation was made, and its token is refused as well.
    expect(main.outputs['error-code']).toBe('HEALTH_CHECK_FAILED')
    expect(distribute.tokenRequests).toBe(2)
    expect(distribute.held).toEqual([token, undefined, token])
    expect([...distribute.record.pendingPlaces].sort()).toEqual(
      [...placeIds].sort(),
    )
    distribute.refuse(false)
    const { main: next } = await distribute.run()
    expect(next.outputs['outcome']).toBe('rotated')
    expect(new Set(distribute.held)).toEqual(
      new Set([next.outputs['access-token']]),
    )
  })

  test('once more, when GitHub still refuses', async () => {
    const token = await runHalf()
    refuseSecondPlace()
    const { main } = await distribute.run()
    expect(main.outputs).toMatchObject({
      outcome: 'partial',
      'error-code': 'PERMISSION_MISSING',
      'access-token': token,
    })
    expect(main.exitCode).toBe(1)
    expect(distribute.tokenRequests).toBe(1)
    expect((await distribute.run()).main.outputs['outcome']).toBe('distributed')
    expect(distribute.held).toEqual([token, token, token])
  })
})

test('it is taken back where the old access token still works', async () => {
  // What the provider does to the old access token is known.
  const provider = { provider: 'bitbucket' }
  const { main: first } = await distribute.run({ with: provider })
  const old = first.outputs['access-token'] ?? ''
  refuseSecondPlace()
  const { main } = await distribute.run({
    with: { ...provider, force: 'true' },
  })
  expect(main.outputs['outcome']).toBe('partial')
  expect(main.outputs['access-token']).not.toBe(old)
  expect(distribute.held).toEqual([old, old, old])
  expect([...distribute.record.pendingPlaces].sort()).toEqual(
    [...placeIds].sort(),
  )
  expect(main.summary).toContain('put back')
  expect(main.annotations[0]?.message).toContain(
    'The previous access token was put back in the places already written',
  )

  const { main: next } = await distribute.run({ with: provider })
  expect(next.outputs['outcome']).toBe('rotated')
  expect(new Set(distribute.held)).toEqual(
    new Set([next.outputs['access-token']]),
  )
})
