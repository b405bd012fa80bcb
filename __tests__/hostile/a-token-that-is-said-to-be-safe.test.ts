import { createHash } from 'node:crypto'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { Intruder, serveThief } from '../support/intruder.ts'
import { World, type RunOptions } from '../support/world.ts'

let world: World
let intruder: Intruder

beforeEach(async () => {
  world = await World.start()
  intruder = new Intruder(world.repository.git)
})

afterEach(() => world.close())

const thePut = { method: 'PUT', path: /\/REFRESH_TOKEN$/ }

const unprocessable = {
  kind: 'respond',
  status: 422,
  body: '{"message":"Validation Failed"}',
} as const

async function expectKept(): Promise<void> {
  expect(await world.authorizationServer.liveRefreshTokens()).toEqual([
    world.storedRefreshToken,
  ])
}

/** Kills main while its write of the secret waits for an answer. */
function killedWhileStoring(): Pick<RunOptions, 'onStart'> {
  const waiting = Promise.withResolvers<undefined>()
  world.githubProxy.rules.unshift({
    ...thePut,
    times: 1,
    fault: {
      kind: 'wait',
      until: () => {
        waiting.resolve(undefined)
        return new Promise(() => undefined)
      },
    },
  })
  return {
    onStart: (main) => {
      void waiting.promise.then(() => main.kill('SIGKILL'))
    },
  }
}

describe('a good status of something else than GitHub', () => {
  test.each<[string, number, Record<string, string>]>([
    ['the page of a proxy', 200, { 'content-type': 'text/html' }],
    ['a page that is empty', 200, { 'content-length': '0' }],
    ['an answer for later', 202, {}],
    ['a page that has not changed', 304, {}],
  ])('%s: the secret is written again', async (_, status, headers) => {
    world.githubProxy.rules.push({
      ...thePut,
      times: 1,
      fault: { kind: 'respond', status, headers, body: '' },
    })
    const { main } = await world.run()
    expect(main.outputs['outcome']).toBe('rotated')
    await expectKept()
  })

  test('a redirect to the login of somebody else: it is written again', async () => {
    const thief = await serveThief()
    world.githubProxy.rules.push({
      ...thePut,
      times: 1,
      fault: {
        kind: 'respond',
        status: 307,
        headers: { location: `${thief.url}/login` },
      },
    })
    const { main } = await world.run()
    expect(thief.requests).toEqual([])
    await thief.close()
    expect(main.outputs['outcome']).toBe('rotated')
    await expectKept()
  })

  test.each([
    ['POST', 201],
    ['PATCH', 200],
  ])(
    'in answer to a %s of the record: nothing is sent',
    async (method, status) => {
      if (method === 'PATCH') await world.run()
      const spent = world.authorizationServer.refreshes
      world.githubProxy.rules.push({
        method,
        path: /git\/refs/,
        fault: {
          kind: 'respond',
          status,
          body: JSON.stringify({ object: { sha: 'f'.repeat(40) } }),
        },
      })
      const { main } = await world.run({ with: { force: 'true' } })
      expect(main.outputs['outcome']).toBe('failed')
      expect(world.authorizationServer.refreshes).toBe(spent)
    },
  )
})

describe('a secret that GitHub does not take', () => {
  test('twice, though its key is the same: the post step keeps the copy', async () => {
    world.githubProxy.rules.push({ ...thePut, times: 1, fault: unprocessable })
    const { post } = await world.run(killedWhileStoring())
    expect(post.outputs['credential-state']).toBe('escrowed')
    world.clock.advance(200_000)
    expect((await world.run()).main.outputs['outcome']).toBe('recovered-escrow')
    await expectKept()
  })

  test('the copy in the record stays when it is not taken either', async () => {
    world.githubProxy.rules.push({ ...thePut, times: 3, fault: unprocessable })
    const { main } = await world.run()
    expect(main.outputs['credential-state']).toBe('escrowed')
    const next = await world.run()
    expect(next.main.outputs).toMatchObject({
      outcome: 'failed',
      'credential-state': 'escrowed',
    })
    expect((await world.run()).main.outputs['outcome']).toBe('recovered-escrow')
    await expectKept()
  })

  test('for another key than the one that GitHub has now it is void', async () => {
    world.githubProxy.rules.push({ ...thePut, times: 1, fault: unprocessable })
    const { post } = await world.run({
      ...killedWhileStoring(),
      betweenSteps: () => {
        world.repository.secrets.rotateKey()
      },
    })
    expect(post.outputs['credential-state']).toBe('lost')
  })

  test('while the key cannot be read nothing is thrown away', async () => {
    world.githubProxy.rules.push({ ...thePut, times: 1, fault: unprocessable })
    const { post } = await world.run({
      ...killedWhileStoring(),
      betweenSteps: () => {
        world.githubProxy.rules.push({
          path: /public-key$/,
          times: 1,
          fault: { kind: 'respond', status: 403, body: '{"message":"No"}' },
        })
      },
    })
    expect(post.outputs['credential-state']).toBe('escrowed')
    world.clock.advance(200_000)
    expect((await world.run()).main.outputs['outcome']).toBe('recovered-escrow')
    await expectKept()
  })
})

describe('a version of the record that somebody puts in between', () => {
  const refused = {
    kind: 'respond',
    status: 403,
    body: '{"message":"Resource not accessible by personal access token"}',
  } as const

  /** As if another token counted already. */
  function append(): void {
    const token = createHash('sha256').update('any').digest('hex').slice(0, 32)
    intruder.append((record) => {
      const { claim: _claim, escrow: _escrow, ...rest } = record
      return { ...rest, phase: 'idle', current: token }
    })
  }

  test('takes the copy away from nobody: it is put above it', async () => {
    await world.run()
    world.githubProxy.rules.push({
      ...thePut,
      times: 1,
      fault: refused,
      meanwhile: append,
    })
    const { main } = await world.run({ with: { force: 'true' } })
    expect(main.outputs['credential-state']).toBe('escrowed')
    expect(intruder.record.escrow).toBeDefined()
    expect((await world.run()).main.outputs['outcome']).toBe('recovered-escrow')
    await expectKept()
  })

  test('keeps the post step from writing: it puts the copy above it', async () => {
    await world.run()
    world.githubProxy.requests.length = 0
    const { post } = await world.run({
      ...killedWhileStoring(),
      with: { force: 'true' },
      betweenSteps: append,
    })
    expect(post.outputs['credential-state']).toBe('escrowed')
    expect(world.githubProxy.count('PUT', thePut.path)).toBe(1)
    world.clock.advance(200_000)
    expect((await world.run()).main.outputs['outcome']).toBe('recovered-escrow')
    await expectKept()
  })

  test('hides no copy that is below it', async () => {
    let isHidden = false
    world.githubProxy.rules.push(
      { ...thePut, times: 1, fault: refused },
      {
        method: 'GET',
        path: /git\/ref\//,
        fault: { kind: 'pass' },
        meanwhile: () => {
          if (isHidden || !world.history[0]?.includes('"escrow"')) return
          isHidden = true
          append()
        },
      },
    )
    const { main } = await world.run()
    expect(isHidden).toBe(true)
    expect(main.outputs['credential-state']).toBe('escrowed')
    expect((await world.run()).main.outputs['outcome']).toBe('recovered-escrow')
    await expectKept()
  })

  test('is not needed to take a copy away: the journal stays', async () => {
    world.githubProxy.rules.push(
      { ...thePut, times: 1, fault: refused },
      {
        method: 'GET',
        path: /git\/ref\//,
        fault: { kind: 'pass' },
        meanwhile: () => {
          if (world.history[0]?.includes('"escrow"')) intruder.setBack(1)
        },
      },
    )
    const { main, post } = await world.run()
    expect(main.outputs['credential-state']).toBe('journaled')
    const files = Object.keys(main.files)
    expect(files.some((file) => /rotate-token-\w+\.json$/.test(file))).toBe(
      true,
    )
    expect(main.annotations[0]?.message).toContain(
      'no sealed copy of it is in the record',
    )
    expect(main.annotations[0]?.message).toContain('`gh api -X PUT ')
    expect(post.outputs['outcome']).toBe('recovered-journal')
    await expectKept()
  })
})
