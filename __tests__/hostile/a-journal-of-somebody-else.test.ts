import {
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { serveThief } from '../support/intruder.ts'
import { Runner } from '../support/runner/runner.ts'
import { JOB_TOKEN, REPOSITORY, World } from '../support/world.ts'
import type { RunResult } from '../support/runner/runner.ts'

/** Another step of the job can write what main leaves for post. */
let world: World
let thief: Awaited<ReturnType<typeof serveThief>>

beforeEach(async () => {
  world = await World.start()
  thief = await serveThief()
})

afterEach(async () => {
  await thief.close()
  await world.close()
})

/** Kills main while it stores, and lets somebody at the journal it has left. */
function run(
  change: (journal: Record<string, unknown>) => unknown,
  postEnvironment: Readonly<Record<string, string>> = {},
): Promise<RunResult> {
  const waiting = Promise.withResolvers<undefined>()
  world.githubProxy.rules.push({
    method: 'PUT',
    path: /\/REFRESH_TOKEN$/,
    times: 1,
    meanwhile: () => {
      waiting.resolve(undefined)
    },
    fault: { kind: 'hang', when: 'before' },
  })
  return world.run({
    postEnvironment,
    onStart: (main) => {
      void waiting.promise.then(() => main.kill('SIGKILL'))
    },
    betweenSteps: (folder) => {
      const name = readdirSync(folder).find((each) => each.endsWith('.json'))
      const file = join(folder, name ?? '')
      const journal = JSON.parse(readFileSync(file, 'utf8')) as Record<
        string,
        unknown
      >
      const changed = change(journal) ?? journal
      writeFileSync(
        file,
        typeof changed === 'string' ? changed : JSON.stringify(changed),
      )
    },
  })
}

/** As if there was no journal: only main has tried to store anything. */
async function expectNone({ post }: RunResult): Promise<void> {
  expect(post.outputs).toMatchObject({
    outcome: 'failed',
    'credential-state': 'unknown',
    'error-code': 'TOKEN_REQUEST_INDETERMINATE',
  })
  expect(thief.requests).toEqual([])
  const puts = world.githubProxy.requests.filter(
    ({ method, path }) => method === 'PUT' && path.includes('REFRESH_TOKEN'),
  )
  expect(puts).toHaveLength(1)
  // And a fresh grant is all that is needed.
  world.clock.advance(200_000)
  const fresh = await world.mintRefreshToken()
  world.repository.secrets.set('REFRESH_TOKEN', fresh)
  expect((await world.run()).main.outputs['outcome']).toBe('rotated')
}

describe('what main has not written is none', () => {
  const heirIn = (journal: Record<string, unknown>): Record<string, unknown> =>
    journal['heir'] as Record<string, unknown>

  test.each<[string, (url: string) => Record<string, unknown>]>([
    ['another server', (url) => ({ baseUrl: url })],
    ['another secret', () => ({ secret_name: 'ROTATION_TOKEN' })],
    ['another method', () => ({ method: 'DELETE' })],
  ])('with %s in the sealed copy', async (_, adding) => {
    const result = await run((journal) => {
      Object.assign(heirIn(journal)['sealed'] as object, adding(thief.url))
    })
    await expectNone(result)
  })

  test.each<[string, (journal: Record<string, unknown>) => unknown]>([
    ['no JSON', () => '{'],
    ['a list', () => []],
    ['without a sealed copy', (journal) => ({ ...journal, heir: {} })],
    ['with a time that is none', (journal) => ({ ...journal, heldSince: 1 })],
    [
      'with a place that is none',
      (journal) => ({ ...journal, pendingPlaces: [{}] }),
    ],
    [
      'with another place',
      (journal) => ({ ...journal, pendingPlaces: ['another'] }),
    ],
    [
      'as if it had been stored',
      (journal) => ({ ...journal, wrote: world.clock.now().toISOString() }),
    ],
    [
      'as if the record had just been confirmed',
      (journal) => ({ ...journal, heldSince: world.clock.now().toISOString() }),
    ],
    [
      'in the name of another run',
      (journal) => ({ ...journal, nonce: '0123456789abcdef' }),
    ],
    [
      'with a token of somebody else',
      (journal) => ({
        ...journal,
        heir: {
          ...heirIn(journal),
          sealed: { keyId: '1', encryptedValue: 'cHduZWQ=' },
        },
      }),
    ],
    ['without a code', ({ mac: _mac, ...journal }) => journal],
    ['with a code that is no text', (journal) => ({ ...journal, mac: [] })],
  ])('%s', async (_, change) => {
    await expectNone(await run(change))
  })

  test('from an earlier run', async () => {
    let earlier = {}
    const first = await run((journal) => {
      earlier = journal
    })
    expect(first.post.outputs['outcome']).toBe('recovered-journal')
    world.clock.advance(200_000)
    world.githubProxy.requests.length = 0
    await expectNone(await run(() => earlier))
  })
})

test.each([
  ['NODE_TLS_REJECT_UNAUTHORIZED', '0'],
  ['NODE_DEBUG', 'x'],
])('%s for the post step keeps it from nothing', async (name, value) => {
  const { post } = await run((journal) => journal, { [name]: value })
  expect(post.outputs['outcome']).toBe('recovered-journal')
})

test('a proxy that is none is no reason to call the token unchanged', async () => {
  const { post } = await run((journal) => journal, { HTTPS_PROXY: 'no URL' })
  expect(post.outputs).toMatchObject({
    outcome: 'failed',
    'credential-state': 'unknown',
  })
})

test('the state leads to no other file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rotate-token-hostile-'))
  const path = join(folder, 'rotate-token-0123456789abcdef.json')
  writeFileSync(path, '{}')
  const { secrets } = world.queue()
  const runner = new Runner({
    repository: REPOSITORY,
    eventName: 'schedule',
    apiUrl: world.githubProxy.url,
    token: JOB_TOKEN,
    secrets: secrets(),
  })
  const { finished } = runner.start('post', world.inputs, { journal: path })
  const { outputs } = await finished
  expect(outputs['credential-state']).toBe('unknown')
  expect(readdirSync(folder)).toEqual(['rotate-token-0123456789abcdef.json'])
  rmSync(folder, { recursive: true })
})
