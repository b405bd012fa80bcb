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

test.each<[string, (url: string) => Record<string, unknown>]>([
  ['another server', (url) => ({ baseUrl: url })],
  ['another secret', () => ({ secret_name: 'ROTATION_TOKEN' })],
  ['another method', () => ({ method: 'DELETE' })],
])(
  'adds %s to the sealed copy: it is stored all the same',
  async (_, adding) => {
    const { post } = await run((journal) => {
      const sealed = journal['sealed'] as Record<string, unknown>
      Object.assign(sealed, adding(thief.url))
      // As it was written before.
      Object.assign(sealed['body'] ?? {}, adding(thief.url))
    })
    expect(thief.requests).toEqual([])
    expect(post.outputs['outcome']).toBe('recovered-journal')
    expect(await world.authorizationServer.liveRefreshTokens()).toEqual([
      world.storedRefreshToken,
    ])
  },
)

describe('what cannot be a journal is none', () => {
  test.each<[string, (journal: Record<string, unknown>) => unknown]>([
    ['no JSON', () => '{'],
    ['a list', () => []],
    ['without a sealed copy', (journal) => ({ ...journal, sealed: {} })],
    ['with a time that is none', (journal) => ({ ...journal, heldSince: 1 })],
    [
      'with a place that is none',
      (journal) => ({ ...journal, pendingPlaces: [{}] }),
    ],
  ])('%s', async (_, change) => {
    const { post } = await run(change)
    expect(post.outputs).toMatchObject({
      outcome: 'failed',
      'credential-state': 'unknown',
      'error-code': 'TOKEN_REQUEST_INDETERMINATE',
    })
    const puts = world.githubProxy.requests.filter(
      ({ method, path }) => method === 'PUT' && path.includes('REFRESH_TOKEN'),
    )
    expect(puts).toHaveLength(1)
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
