import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Agent } from 'undici'

import { GitRecordStore } from '../../src/github/git-record-store.ts'
import type { RecordStore } from '../../src/rotation/ports.ts'
import type {
  Owner,
  RotationRecord,
  RecordVersion,
} from '../../src/rotation/record/record.ts'
import {
  claim,
  createRecord,
  fence,
} from '../../src/rotation/record/transitions.ts'
import { openApi } from '../support/github-api.ts'
import { GitHubStandIn } from '../support/github/stand-in.ts'
import { InMemoryRecords } from '../support/in-memory.ts'

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

const now = new Date('2026-01-01T12:00:00Z')
const cooling = { graceSeconds: 0 }

function owner(runId: string): Owner {
  return {
    repository: 'acme/web',
    runId,
    attempt: '1',
    job: 'rotate',
    nonce: `nonce-${runId}`,
  }
}

function claimed(record: RotationRecord, runId: string): RotationRecord {
  return claim(record, owner(runId), now, now, cooling)
}

describe.each<[string, () => Promise<Subject>]>([
  ['in memory', inMemory],
  ['a git ref', () => onGitHub(false)],
  ['a branch, where other refs are protected', () => onGitHub(true)],
])('a record: %s', (_, create) => {
  let subject: Subject
  const first = createRecord('salt', 'fingerprint-0')

  beforeEach(async () => {
    subject = await create()
  })

  afterEach(() => subject.close())

  async function moved(
    records: RecordStore,
    from: RecordVersion | undefined,
    to: RotationRecord,
  ): Promise<RecordVersion> {
    const result = await records.move(from, to)
    if (result.kind !== 'moved') throw new Error(result.kind)
    return result.version
  }

  test('is not there at first', async () => {
    expect(await subject.open().read()).toBeUndefined()
  })

  test('is read as it was written, by anybody', async () => {
    const head = await moved(subject.open(), undefined, claimed(first, '1'))
    expect(await subject.open().read()).toEqual(head)
    expect(head.record).toEqual(claimed(first, '1'))
  })

  test('moves on from version to version', async () => {
    const records = subject.open()
    const one = await moved(records, undefined, claimed(first, '1'))
    const two = await moved(records, one, fence(one.record, now, cooling))
    expect(two.revision).not.toBe(one.revision)
    expect(await subject.open().read()).toEqual(two)
  })

  test('of two that make it, one comes first', async () => {
    const [one, other] = [subject.open(), subject.open()]
    await Promise.all([one.read(), other.read()])
    const results = await Promise.all([
      one.move(undefined, claimed(first, '1')),
      other.move(undefined, claimed(first, '2')),
    ])
    expect(results.map(({ kind }) => kind).sort()).toEqual(['moved', 'refused'])
  })

  test('of two that move it on from one version, one comes first', async () => {
    await moved(subject.open(), undefined, first)
    const [one, other] = [subject.open(), subject.open()]
    const [head, same] = await Promise.all([one.read(), other.read()])
    const results = await Promise.all([
      one.move(head, claimed(first, '1')),
      other.move(same, claimed(first, '2')),
    ])
    expect(results.map(({ kind }) => kind).sort()).toEqual(['moved', 'refused'])
  })

  test('does not go back to an old version', async () => {
    const records = subject.open()
    const one = await moved(records, undefined, first)
    await moved(records, one, claimed(first, '1'))
    expect(await subject.open().move(one, claimed(first, '2'))).toEqual({
      kind: 'refused',
    })
  })

  test('moves with what was prepared', async () => {
    const records = subject.open()
    const next = claimed(first, '1')
    expect(await records.prepare(undefined, next)).toBeUndefined()
    const head = await moved(records, undefined, next)
    expect(await subject.open().read()).toEqual(head)
  })
})
