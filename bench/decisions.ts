import { decide } from '../src/rotation/record/decide.ts'
import { examine } from '../src/rotation/record/examine.ts'
import type { Evidence } from '../src/rotation/record/evidence.ts'
import type { Owner, RotationRecord } from '../src/rotation/record/record.ts'
import {
  block,
  claim,
  commit,
  createRecord,
  replaceCurrent,
} from '../src/rotation/record/transitions.ts'

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
    decidePerSecond: countPerSecond(cross(states), ([record, evidence]) =>
      decide(record, evidence, false, record.salt),
    ),
    examinePerSecond: countPerSecond(cross(claimed), ([record, evidence]) =>
      examine(record, evidence, facts, 'unknown'),
    ),
    transitionsPerSecond: countPerSecond(records, (record) =>
      commit(claim(record, owner, now, earlier, facts), {
        token: 'the successor',
        wrote: now,
        pendingPlaces: [],
      }),
    ),
  }
}

/** A new record, and one that has seen twenty tokens. */
const records: readonly RotationRecord[] = [
  createRecord('salt', 'current'),
  Array.from({ length: 20 }, (_, index) => `replaced ${index}`).reduce(
    (record, token) => replaceCurrent(record, token),
    createRecord('salt', 'first'),
  ),
].map((record) => ({ ...replaceCurrent(record, 'current'), wrote: earlier }))

const evidences: readonly Evidence[] = [
  'current',
  'first',
  'unheard-of',
].flatMap((presented) =>
  [earlier, now].map((runCreatedAt) => ({
    presented,
    secret: { updatedAt: earlier, readAt: now },
    runCreatedAt,
    now,
    isByPerson: false,
  })),
)

function cross(
  states: readonly RotationRecord[],
): [RotationRecord, Evidence][] {
  return states.flatMap((record) =>
    evidences.map((evidence): [RotationRecord, Evidence] => [record, evidence]),
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
