import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Agent } from 'undici'

import { GitRecordStore } from '../../src/github/git-record-store.ts'
import type { RecordStore } from '../../src/rotation/ports.ts'
import type { StoredVersion } from '../../src/rotation/record/stored-version.ts'
import {
  escrowVersion,
  signVersion,
} from '../../src/rotation/record/version.ts'
import type { VersionContent } from '../../src/rotation/record/stored-version.ts'
import { beginRecord } from '../../src/rotation/record/transitions.ts'
import { openApi } from '../support/github-api.ts'
import { GitHubStandIn } from '../support/github/stand-in.ts'
import { InMemoryRecords } from '../support/in-memory.ts'
import { sealNext, SymbolicKeyring } from '../support/symbolic-keyring.ts'

interface Subject {
  /** Another process that knows nothing yet. */
  open(): RecordStore
  close(): Promise<void>
}

async function onGitHub(isProtected: boolean): Promise<Subject> {
  const github = new GitHubStandIn()
  await github.start()
  const repository = github.addRepository('acme/web')
  if (isProtected) repository.git.protectNamespace('refs/rotate-token/')
  github.addToken('token', {
    kind: 'job',
    permissions: { contents: 'write' },
    repositories: ['acme/web'],
  })
  const dispatcher = new Agent()
  const api = openApi(github.url, dispatcher)
  const address = { owner: 'acme', repository: 'web', id: 'the-id' }
  return {
    open: () => new GitRecordStore(address, api, () => undefined),
    async close() {
      await dispatcher.destroy()
      await github.close()
      expect(github.violations).toEqual([])
    },
  }
}

async function inMemory(): Promise<Subject> {
  const records = new InMemoryRecords()
  return { open: () => records, close: async () => undefined }
}

const keys = new SymbolicKeyring().named('token')

/** Some state, as it is written over a version. */
function state(sequence: number, parent?: string): VersionContent {
  const begun = beginRecord({
    current: keys.id,
    place: 'store/RT',
    pendingPlaces: [],
    unverified: [],
  })
  return signVersion({ ...begun, sequence }, parent, keys)
}

const copy = escrowVersion({
  replaces: keys.id,
  sequence: 1,
  token: 'successor',
  sealed: { keyId: '1', encryptedValue: 'Ym94' },
  at: new Date('2026-01-01T12:00:00Z'),
  next: sealNext('token', 'successor'),
})

function stored(content: VersionContent): unknown {
  return JSON.parse(JSON.stringify(content))
}

function all(): boolean {
  return false
}

function newest(): boolean {
  return true
}

describe.each<[string, () => Promise<Subject>]>([
  ['in memory', inMemory],
  ['a git ref', () => onGitHub(false)],
  ['a branch, where other refs are protected', () => onGitHub(true)],
])('a record: %s', (_, create) => {
  let subject: Subject

  beforeEach(async () => {
    subject = await create()
  })

  afterEach(() => subject.close())

  async function move(
    records: RecordStore,
    from: string | undefined,
    to: VersionContent,
  ): Promise<string> {
    const result = await records.move(from, to)
    if (result.kind !== 'moved') throw new Error(result.kind)
    return result.revision
  }

  /** What another process reads. */
  function read(isEnough = all): Promise<readonly StoredVersion[]> {
    return subject.open().read(isEnough)
  }

  test('is not there at first', async () => {
    expect(await read()).toEqual([])
  })

  test('is read as it was written, by anybody', async () => {
    const one = await move(subject.open(), undefined, state(1))
    expect(await read()).toEqual([{ revision: one, content: stored(state(1)) }])
  })

  test('moves on from version to version, and each names its parent', async () => {
    const records = subject.open()
    const one = await move(records, undefined, state(1))
    const two = await move(records, one, state(2, one))
    const three = await move(records, two, copy)
    expect(new Set([one, two, three]).size).toBe(3)
    expect(await read()).toEqual([
      { revision: three, parent: two, content: stored(copy) },
      { revision: two, parent: one, content: stored(state(2, one)) },
      { revision: one, content: stored(state(1)) },
    ])
  })

  test('is read no further than is asked for', async () => {
    const records = subject.open()
    const one = await move(records, undefined, state(1))
    const two = await move(records, one, copy)
    await move(records, two, copy)
    const asked: string[] = []
    const versions = await read(() => {
      asked.push('')
      return asked.length === 2
    })
    expect(versions.map(({ revision }) => revision)).toEqual([
      expect.any(String),
      two,
    ])
    expect(asked).toHaveLength(2)
    expect(await read(newest)).toHaveLength(1)
  })

  test('of two that make it, one comes first', async () => {
    const [one, other] = [subject.open(), subject.open()]
    await Promise.all([one.read(newest), other.read(newest)])
    const results = await Promise.all([
      one.move(undefined, state(1)),
      other.move(undefined, state(2)),
    ])
    expect(results.map(({ kind }) => kind).sort()).toEqual(['moved', 'refused'])
    expect(await read()).toHaveLength(1)
  })

  test('of two that move it on from one version, one comes first', async () => {
    const first = await move(subject.open(), undefined, state(1))
    const [one, other] = [subject.open(), subject.open()]
    await Promise.all([one.read(newest), other.read(newest)])
    const results = await Promise.all([
      one.move(first, state(2, first)),
      other.move(first, state(3, first)),
    ])
    expect(results.map(({ kind }) => kind).sort()).toEqual(['moved', 'refused'])
    expect(await read()).toHaveLength(2)
  })

  test('does not go back to an old version', async () => {
    const records = subject.open()
    const one = await move(records, undefined, state(1))
    await move(records, one, state(2, one))
    expect(await subject.open().move(one, state(3, one))).toEqual({
      kind: 'refused',
    })
    expect(await subject.open().move(undefined, state(4))).toEqual({
      kind: 'refused',
    })
    expect(await read()).toHaveLength(2)
  })

  test('moves with what was prepared', async () => {
    const records = subject.open()
    const next = state(1)
    expect(await records.prepare(undefined, next)).toBeUndefined()
    const revision = await move(records, undefined, next)
    expect(await read()).toEqual([{ revision, content: stored(next) }])
  })

  test('does not move with what was prepared for another version', async () => {
    const records = subject.open()
    await records.prepare(undefined, copy)
    const one = await move(subject.open(), undefined, state(1))
    await records.read(newest)
    const two = await move(records, one, copy)
    expect(await read()).toEqual([
      { revision: two, parent: one, content: stored(copy) },
      { revision: one, content: stored(state(1)) },
    ])
  })
})
