import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { JOB_TOKEN, World } from '../support/world.ts'

let world: World

beforeEach(async () => {
  world = await World.start()
})

afterEach(() => world.close())

test('a ref of its own, with a README, and no token', async () => {
  await world.run()
  const [ref = ''] = [...world.repository.git.refs.keys()].filter((name) =>
    name.includes('rotate-token'),
  )
  expect(ref).toMatch(/^refs\/rotate-token\/refresh-token-[0-9a-f]{8}$/)
  expect(world.history.map((message) => message.split('\n')[0])).toEqual([
    'Idle: refresh token 1 is current',
    'Claimed by run 1000001, attempt 1, to refresh with refresh token 0',
  ])
})

test('a branch, where the namespace is protected', async () => {
  world.repository.git.protectNamespace('refs/rotate-token/')
  const { main } = await world.run()
  expect(main.outputs['outcome']).toBe('rotated')
  expect(
    main.log.filter((line) => line.includes('is kept in the branch')),
  ).toHaveLength(1)
  const next = await world.run()
  expect(next.main.outputs['outcome']).toBe('rotated')
  expect(next.main.log.join()).not.toContain('is kept in the branch')
})

test('by the name that is given', async () => {
  await world.run({ with: { record: 'my-record' } })
  expect([...world.repository.git.refs.keys()]).toContain(
    'refs/rotate-token/my-record',
  )
})

test('in another repository', async () => {
  const shared = world.github.addRepository('acme/shared')
  world.github.addToken(JOB_TOKEN, {
    kind: 'job',
    permissions: { contents: 'write', actions: 'read' },
    repositories: ['acme/web', 'acme/shared'],
  })
  const inputs = { record: 'acme/shared#the-grant' }
  const { main } = await world.run({ with: inputs })
  expect(main.outputs['outcome']).toBe('rotated')
  expect([...shared.git.refs.keys()]).toContain('refs/rotate-token/the-grant')
  expect((await world.run({ with: inputs })).main.outputs['outcome']).toBe(
    'rotated',
  )
})

test('nowhere: what is given up is said once, and the rest works', async () => {
  const { main } = await world.run({ with: { record: 'none' } })
  expect(main.outputs).toMatchObject({ outcome: 'rotated', sequence: '1' })
  const notices = main.log.filter((line) => line.includes("'record' is none"))
  expect(notices).toHaveLength(1)
  expect(notices[0]).toMatch(/lock.*outdated.*recovery.*sealed copy/)
  expect(world.githubProxy.count('POST', /git/)).toBe(0)
})

test('where it may not be written: an error before anything is spent', async () => {
  world.github.addToken(JOB_TOKEN, {
    kind: 'job',
    permissions: { contents: 'read', actions: 'read' },
    repositories: ['acme/web'],
  })
  for (const dryRun of ['true', 'false']) {
    const { main } = await world.run({ with: { 'dry-run': dryRun } })
    expect(main.exitCode).toBe(1)
    expect(main.outputs).toMatchObject({
      'error-code': 'PERMISSION_MISSING',
      'credential-state': 'unchanged',
    })
    expect(main.annotations[0]?.message).toContain('contents: write')
  }
  expect(world.authorizationProxy.requests).toEqual([])
})

describe('reads that lag do not mislead it', () => {
  afterEach(async () => {
    expect(world.authorizationServer.refreshes).toBe(1)
    expect((await world.run()).main.outputs['outcome']).toBe('rotated')
    expect(world.authorizationServer.replays).toBe(0)
  })

  test('which claims from an old version, and loses that race', async () => {
    await world.run()
    world.clock.advance(200_000)
    world.repository.git.lagRefReads(2)
    const { main } = await world.run()
    expect(main.outputs['outcome']).toBe('skipped-busy')
  })

  test('which waits where the old version says that somebody is at work', async () => {
    await world.run()
    world.repository.git.lagRefReads(2)
    const { main } = await world.run()
    expect(main.outputs).toMatchObject({
      outcome: 'failed',
      'error-code': 'RECORD_UNVERIFIED',
      'credential-state': 'unchanged',
    })
  })
})
