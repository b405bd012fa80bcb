import { decide } from '../src/rotation/record/decide.ts'
import { examine } from '../src/rotation/record/examine.ts'
import type { Evidence } from '../src/rotation/record/evidence.ts'
import type { Owner, RotationRecord } from '../src/rotation/record/record.ts'
import {
  beginRecord,
  block,
  claim,
  commit,
} from '../src/rotation/record/transitions.ts'
import type { View } from '../src/rotation/record/view.ts'

export interface Decisions {
  /** Decisions before a claim. */
  readonly decidePerSecond: number
  /** Judgements of what a dead run has left. */
  readonly examinePerSecond: number
  /** A claim and its commit. */
  readonly transitionsPerSecond: number
}

const WARM_UP_MILLISECONDS = 100
const MEASURED_MILLISECONDS = 400

const now = new Date('2026-01-01T12:00:00Z')
const earlier = new Date('2026-01-01T04:00:00Z')
const facts = { rotationClass: 'strict', graceSeconds: 0 } as const
const owner: Owner = {
  repository: 'acme/web',
  runId: '1',
  attempt: '1',
  job: 'rotate',
  nonce: '0123456789abcdef',
}

/** How often the pure part of the protocol can be asked in a second. */
export function measureDecisions(): Decisions {
  const claimed = records.map((record) =>
    claim(record, owner, earlier, earlier, facts),
  )
  const states = [
    ...records,
    ...claimed,
    ...records.map((record) =>
      block(
        record,
        { credentialState: 'unknown', code: 'SECRET_MISMATCH' },
        earlier,
      ),
    ),
  ]
  return {
    decidePerSecond: countPerSecond(
      cross(states.flatMap(views)),
      ([view, evidence]) => decide(view, evidence, false, facts),
    ),
    examinePerSecond: countPerSecond(
      cross(claimed.map(indeterminate)),
      ([record, evidence]) => examine(record, evidence, facts, 'unknown'),
    ),
    transitionsPerSecond: countPerSecond(records, (record) =>
      commit(claim(record, owner, now, earlier, facts), {
        token: 'the successor',
        spent: 'the mark of its predecessor',
        wrote: now,
        pendingPlaces: [],
      }),
    ),
  }
}

const first = beginRecord({
  current: 'first',
  place: 'repository:/rt',
  pendingPlaces: [],
  unverified: [],
})

/** A new record, and one that has seen twenty tokens. */
const records: readonly RotationRecord[] = [
  replace(first, 'current'),
  Array.from({ length: 20 }, (_, index) => `token ${index}`).reduce(
    replace,
    first,
  ),
]

function replace(record: RotationRecord, token: string): RotationRecord {
  return commit(record, {
    token,
    spent: `mark of ${record.current}`,
    wrote: earlier,
    pendingPlaces: [],
  })
}

/** To the holders of the current token, of a replaced one, and of any other. */
function views(record: RotationRecord): View[] {
  const { claim: held, wrote, sequence, spent } = record
  const unverified = {
    ...(record.phase === 'claimed' && held && { claim: held }),
    ...(wrote && { wrote }),
    sequence,
    spent,
  }
  const none = { tip: 'tip', isSpent: false, heirs: [], unverified: [] }
  return [
    { ...none, lane: { revision: 'tip', record } },
    { ...none, isSpent: true, unverified: [unverified] },
    { ...none, unverified: [unverified] },
  ]
}

/** As a run judges it that has taken it over. */
function indeterminate(record: RotationRecord): RotationRecord {
  return record.claim
    ? { ...record, claim: { ...record.claim, isIndeterminate: true } }
    : record
}

const evidences: readonly Evidence[] = [earlier, now].map((runCreatedAt) => ({
  secret: { updatedAt: earlier, readAt: now },
  runCreatedAt,
  now,
  isByPerson: false,
}))

function cross<T>(states: readonly T[]): [T, Evidence][] {
  return states.flatMap((state) =>
    evidences.map((evidence): [T, Evidence] => [state, evidence]),
  )
}

function countPerSecond<T>(
  cases: readonly T[],
  act: (each: T) => unknown,
): number {
  runFor(WARM_UP_MILLISECONDS, cases, act)
  return runFor(MEASURED_MILLISECONDS, cases, act)
}

function runFor<T>(
  milliseconds: number,
  cases: readonly T[],
  act: (each: T) => unknown,
): number {
  const start = performance.now()
  let count = 0
  while (performance.now() - start < milliseconds) {
    for (const each of cases) act(each)
    count += cases.length
  }
  return (count / (performance.now() - start)) * 1000
}
