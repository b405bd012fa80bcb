import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Agent } from 'undici'

import type { Api } from '../../src/github/api.ts'
import { GivenToken } from '../../src/github/credential.ts'
import { GitRecordStore } from '../../src/github/git-record-store.ts'
import { WorkflowRuns } from '../../src/github/runs.ts'
import type { Failure } from '../../src/rotation/outcome/errors.ts'
import { beginRecord } from '../../src/rotation/record/beginning.ts'
import { signVersion } from '../../src/rotation/record/version.ts'
import { SecretValue } from '../../src/rotation/tokens/secret-value.ts'
import { FaultProxy, type Fault } from '../support/fault-proxy.ts'
import type { Repository } from '../support/github/repository.ts'
import { openApi, webUrl } from '../support/github-api.ts'
import { GitHubStandIn } from '../support/github/stand-in.ts'
import { SymbolicKeyring } from '../support/symbolic-keyring.ts'

const keys = new SymbolicKeyring().named('token')
const begun = beginRecord({
  current: keys.id,
  place: 'repository:/rt',
  pendingPlaces: [],
  unverified: [],
})
const first = signVersion(begun, undefined, keys)
const second = signVersion({ ...begun, sequence: 1 }, undefined, keys)

let github: GitHubStandIn
let proxy: FaultProxy
let repository: Repository
let dispatcher: Agent
let records: GitRecordStore
let lines: string[]

beforeEach(async () => {
  github = new GitHubStandIn()
  await github.start()
  proxy = new FaultProxy(github.url)
  await proxy.start()
  repository = github.addRepository('acme/web')
  dispatcher = new Agent()
  lines = []
  allow({ contents: 'write', actions: 'read' })
  records = open()
})

afterEach(async () => {
  await dispatcher.destroy()
  await proxy.close()
  await github.close()
})

function allow(permissions: Record<string, 'read' | 'write'>): void {
  github.addToken('token', {
    kind: 'job',
    permissions,
    repositories: ['acme/web'],
  })
}

function createTestApi(): Api {
  const token = new SecretValue('token')
  const warn = (): undefined => undefined
  return openApi(proxy.url, dispatcher, {
    credential: new GivenToken(token, 'job', 'record-token', webUrl, warn),
    attemptMilliseconds: 500,
  })
}

function open(id = 'the-id'): GitRecordStore {
  return new GitRecordStore(
    { owner: 'acme', repository: 'web', id },
    createTestApi(),
    (line) => lines.push(line),
  )
}

function fail(method: string, path: RegExp, fault: Fault, times = 1): void {
  proxy.rules.push({ method, path, fault, times })
}

function newest(): boolean {
  return true
}

function all(): boolean {
  return false
}

async function refusal(): Promise<Failure> {
  const result = await records.move(undefined, first)
  if (result.kind !== 'unreachable') throw new Error(result.kind)
  return result.failure
}

describe('the ref', () => {
  test('has a README that says what it is, made once', async () => {
    const created = await records.move(undefined, first)
    if (created.kind !== 'moved') throw new Error(created.kind)
    await records.move(created.revision, second)
    await open().read(newest)
    const history = repository.git.history('refs/rotate-token/the-id') ?? []
    expect(new Set(history.map(({ tree }) => tree)).size).toBe(1)
    expect(history).toHaveLength(2)
    expect(proxy.count('POST', /git\/trees/)).toBe(1)
    expect([...repository.git.blobs.values()].map(String).join()).toContain(
      'This ref belongs to Rotate Token',
    )
  })

  test('a branch that somebody has made counts before the ref of that name', async () => {
    await records.move(undefined, first)
    const { git } = repository
    git.refs.set('refs/heads/rotate-token/the-id', git.head)
    const [tip] = await open().read(() => true)
    expect(tip?.revision).toBe(git.head)
    expect(await open().read(() => true)).toHaveLength(1)
    const again = open()
    await again.read(() => true)
    expect(await again.move(git.head, second)).toMatchObject({ kind: 'moved' })
    expect(git.refs.get('refs/heads/rotate-token/the-id')).not.toBe(git.head)
  })

  test('is a branch where GitHub does not accept it, which is said once', async () => {
    repository.git.protectNamespace('refs/rotate-token/')
    const created = await records.move(undefined, first)
    if (created.kind !== 'moved') throw new Error(created.kind)
    await records.move(created.revision, second)
    expect([...repository.git.refs.keys()]).toContain(
      'refs/heads/rotate-token/the-id',
    )
    expect(lines).toEqual([
      'GitHub does not accept refs/rotate-token/the-id, so the record is kept in the branch rotate-token/the-id.',
    ])
    const [tip] = await open().read(newest)
    expect(tip?.content).toEqual(second)
    expect(lines).toHaveLength(1)
  })
})

test('a move that was prepared makes no commit any more', async () => {
  expect(await records.prepare(undefined, first)).toBeUndefined()
  expect(proxy.count('POST', /git\/commits/)).toBe(1)
  expect((await records.move(undefined, first)).kind).toBe('moved')
  expect(proxy.count('POST', /git\/commits/)).toBe(1)
})

describe('after an unclear answer the ref says what became of a move', () => {
  test.each<[string, Fault]>([
    ['the answer was lost', { kind: 'drop', when: 'after' }],
    [
      'GitHub said 502',
      { kind: 'rewrite', rewrite: (reply) => ({ ...reply, status: 502 }) },
    ],
  ])('%s: it is mine', async (_, fault) => {
    fail('POST', /git\/refs$/, fault)
    expect((await records.move(undefined, first)).kind).toBe('moved')
    const [head] = await records.read(newest)
    fail('PATCH', /git\/refs/, fault)
    expect((await records.move(head?.revision, second)).kind).toBe('moved')
  })

  test('it is not, and never will be', async () => {
    fail('POST', /git\/refs$/, { kind: 'respond', status: 500 }, 1000)
    expect(await refusal()).toMatchObject({ code: 'GITHUB_UNAVAILABLE' })
  })

  test('somebody else was faster', async () => {
    fail('POST', /git\/refs$/, {
      kind: 'wait',
      until: async () => {
        await open().move(undefined, second)
      },
    })
    // The second request of the other record must not wait for itself.
    expect((await records.move(undefined, first)).kind).toBe('refused')
  })
})

describe('what is in the way is named', () => {
  test('a missing permission', async () => {
    allow({ actions: 'read' })
    expect(await refusal()).toEqual({
      code: 'PERMISSION_MISSING',
      what: expect.stringContaining('write the record the-id in acme/web'),
      remedy: expect.stringMatching(
        /The token of the job \(GITHUB_TOKEN\) in 'record-token' needs the repository permission "Contents" \(contents: write\).*`permissions: contents: write`/,
      ),
    })
  })

  test('a token that is none', async () => {
    github.revokeToken('token')
    await expect(records.read(newest)).rejects.toMatchObject({
      code: 'CREDENTIAL_REJECTED',
      remedy: expect.stringContaining("'record-token'"),
    })
  })

  test('rules that protect both places', async () => {
    repository.git.protectNamespace('refs/rotate-token/')
    repository.git.protectNamespace('refs/heads/rotate-token/')
    expect(await refusal()).toMatchObject({
      code: 'RECORD_UNAVAILABLE',
      remedy: expect.stringContaining('no ruleset protects'),
    })
  })
})

describe('a commit that is none of ours', () => {
  const junk = ['by hand', 'Idle\n\nnothing', '', 'x'.repeat(200_000)]

  beforeEach(async () => {
    await records.move(undefined, first)
  })

  function commit(
    message: string,
    parents: readonly string[],
    tree = repository.git.commits.get(tip())?.tree ?? '',
  ): string {
    const { sha } = repository.git.addCommit({
      message,
      tree,
      parents: [...parents],
    })
    repository.git.updateRef('refs/rotate-token/the-id', sha, true)
    return sha
  }

  function tip(): string {
    return repository.git.refs.get('refs/rotate-token/the-id') ?? ''
  }

  test.each(junk.map((message) => [message.slice(0, 20), message]))(
    'is a version without content, in front of ours: %j',
    async (_, message) => {
      const ours = tip()
      const sha = commit(message, [ours])
      expect(await open().read(all)).toEqual([
        { revision: sha, parent: ours, content: undefined },
        { revision: ours, content: first },
      ])
    },
  )

  test('is gone on from like any other', async () => {
    const sha = commit('by hand', [tip()])
    const moved = await records.move(sha, second)
    expect(moved.kind).toBe('moved')
    expect(await open().read(newest)).toEqual([
      { revision: tip(), parent: sha, content: second },
    ])
  })

  test('is followed by its first parent alone', async () => {
    const ours = tip()
    const aside = commit('aside', [])
    const sha = commit('a merge', [ours, aside])
    const versions = await open().read(all)
    expect(versions.map(({ revision }) => revision)).toEqual([sha, ours])
  })

  test('lends its tree to none of ours', async () => {
    const { git } = repository
    const ours = git.commits.get(tip())?.tree
    const file = git.addBlob('their file')
    const theirs = git.addTree([{ name: 'file', mode: '100644', sha: file }])
    const sha = commit('by hand', [tip()], theirs)
    const other = open()
    await other.read(newest)
    await other.move(sha, second)
    expect(git.commits.get(tip())).toMatchObject({ parents: [sha], tree: ours })
  })
})

describe('runs', () => {
  const self = {
    repository: 'acme/web',
    attempt: '1',
    job: 'rotate',
    nonce: 'n',
  }

  function openRuns(runId: number): WorkflowRuns {
    return new WorkflowRuns(
      createTestApi(),
      { ...self, runId: String(runId) },
      (line) => lines.push(line),
    )
  }

  test('were created when their first attempt was', async () => {
    const createdAt = new Date('2026-01-01T12:00:00Z')
    const run = repository.runs.addRun({ createdAt })
    repository.runs.completeRun(run)
    repository.runs.rerun(run)
    expect(await openRuns(run.id).readCreation()).toEqual(createdAt)
  })

  test('have ended, attempt by attempt', async () => {
    const run = repository.runs.addRun()
    const owner = { ...self, runId: String(run.id) }
    const runs = openRuns(run.id)
    expect(await runs.hasEnded(owner)).toBe('running')
    repository.runs.completeRun(run)
    repository.runs.rerun(run)
    expect(await runs.hasEnded(owner)).toBe('ended')
    expect(await runs.hasEnded({ ...owner, attempt: '2' })).toBe('running')
    expect(await runs.hasEnded({ ...owner, runId: '1' })).toBe('unknown')
  })

  test('are not known without the permission, and that is said', async () => {
    allow({ contents: 'write' })
    const run = repository.runs.addRun()
    const runs = openRuns(run.id)
    expect(await runs.readCreation()).toBeUndefined()
    expect(await runs.hasEnded({ ...self, runId: String(run.id) })).toBe(
      'unknown',
    )
    expect(lines).toEqual([expect.stringContaining('actions: read')])
  })
})
