import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { GITHUB_TOKEN, World } from '../support/world.ts'

let world: World

beforeEach(async () => {
  world = await World.start()
})

afterEach(() => world.close())

test('two runs start at once: one refresh', async () => {
  await world.run()
  const runs = await Promise.all([
    world.run({ queued: world.queue() }),
    world.run({ queued: world.queue() }),
  ])
  const outcomes = runs.map(({ main }) => main.outputs['outcome']).sort()
  expect(outcomes[0]).toBe('rotated')
  expect(outcomes[1]).toMatch(/^skipped-(busy|stale)$/)
  expect(world.authorizationServer.refreshes).toBe(2)
  expect(world.authorizationServer.replays).toBe(0)
})

describe('a run that waited behind another one', () => {
  test('is skipped', async () => {
    const waiting = world.queue()
    await world.run()
    const { main } = await world.run({ queued: waiting })
    expect(main.exitCode).toBe(0)
    expect(main.outputs['outcome']).toBe('skipped-stale')
    expect(main.annotations[0]).toMatchObject({
      kind: 'notice',
      message: expect.stringContaining("The output 'access-token' is empty"),
    })
    expect(world.authorizationServer.refreshes).toBe(1)
    expect((await world.run()).main.outputs['outcome']).toBe('rotated')
  })

  test('fails where it says so', async () => {
    const waiting = world.queue()
    await world.run()
    const { main } = await world.run({
      queued: waiting,
      with: { 'on-skip': 'fail' },
    })
    expect(main.exitCode).toBe(1)
    expect(main.outputs['outcome']).toBe('skipped-stale')
  })

  test('is skipped although it may not read when it was created', async () => {
    const waiting = world.queue()
    await world.run()
    world.github.addToken('ghs_without_actions_read', {
      kind: 'job',
      permissions: { contents: 'write' },
      repositories: ['acme/web'],
    })
    const { main } = await world.run({
      queued: waiting,
      job: { token: 'ghs_without_actions_read' },
    })
    expect(main.outputs['outcome']).toBe('skipped-stale')
    expect(main.log.join('\n')).toContain('actions: read')
  })
})

describe('a re-run', () => {
  test('of a run that rotated is skipped', async () => {
    const queued = world.queue()
    await world.run({ queued })
    world.repository.runs.rerun(queued.run)
    const { main } = await world.run({ queued })
    expect(main.outputs['outcome']).toBe('skipped-stale')
    expect(world.authorizationServer.replays).toBe(0)
  })

  test('of a first run that lacked a permission works', async () => {
    world.github.addToken(GITHUB_TOKEN, {
      kind: 'fine-grained',
      permissions: { secrets: 'read' },
      repositories: ['acme/web'],
    })
    const queued = world.queue()
    const first = await world.run({ queued })
    expect(first.main.outputs['error-code']).toBe('PERMISSION_MISSING')
    world.github.addToken(GITHUB_TOKEN, {
      kind: 'fine-grained',
      permissions: { secrets: 'write' },
      repositories: ['acme/web'],
    })
    world.repository.runs.rerun(queued.run)
    const { main } = await world.run({ queued })
    expect(main.outputs['outcome']).toBe('rotated')
  })
})

test('read from one secret, written to another: an error, never a green skip', async () => {
  const { secrets } = world.repository
  secrets.set('WRITTEN', world.storedRefreshToken ?? '')
  const mistaken = { 'refresh-token-secret': 'WRITTEN' }
  await world.run({ with: mistaken })
  for (let run = 1; run <= 2; run++) {
    const { main } = await world.run({ with: mistaken })
    expect(main.exitCode).toBe(1)
    expect(main.outputs['error-code']).toBe('SECRET_MISMATCH')
  }
  expect(world.authorizationServer.replays).toBe(0)
})

describe('a person stores a fresh grant', () => {
  async function storeFreshGrant(): Promise<string> {
    const fresh = await world.mintRefreshToken()
    world.clock.advance(5000)
    world.repository.secrets.set('REFRESH_TOKEN', fresh)
    return fresh
  }

  test('it is used', async () => {
    await world.run()
    world.clock.advance(200_000)
    await storeFreshGrant()
    const { main } = await world.run()
    expect(main.outputs).toMatchObject({ outcome: 'rotated', sequence: '3' })
    expect(main.log.join()).not.toContain('RECORD_TAMPERED')
  })

  test('right after a run: it is left alone, in red, until that one is over', async () => {
    await world.run()
    const fresh = await storeFreshGrant()
    for (let run = 1; run <= 2; run++) {
      const { main } = await world.run()
      expect(main.exitCode).toBe(1)
      expect(main.outputs).toMatchObject({
        outcome: 'failed',
        'error-code': 'RECORD_UNVERIFIED',
        'credential-state': 'unchanged',
      })
    }
    expect(world.storedRefreshToken).toBe(fresh)
    expect(world.authorizationServer.refreshes).toBe(1)
    world.clock.advance(150_000)
    expect((await world.run()).main.outputs['outcome']).toBe('rotated')
    expect(world.authorizationServer.replays).toBe(0)
  })
})
