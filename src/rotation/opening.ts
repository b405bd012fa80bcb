import { ended, type Course, type Ended } from './course.ts'
import { decide } from './decide.ts'
import { RotationError } from './errors.ts'
import { secretMismatch, secretNotFound } from './failures.ts'
import {
  lastWriteIn,
  read,
  readLiveness,
  toEvidence,
  type Readings,
} from './readings.ts'
import type { RotationRecord } from './record.ts'
import { recover, stayBlocked, type Recovered } from './recovery.ts'
import { findUnfinished, pendingPlaces, type Unfinished } from './unfinished.ts'

/** The run may claim, and refresh. */
export interface Opening {
  readonly kind: 'go-on'
  /** What to claim from. */
  readonly record: RotationRecord
  readonly secretUpdatedAt: Date
  /** Sent only while the old token still works for certain. */
  readonly needsGrace: boolean
  /** Nothing but this is due. */
  readonly unfinished?: Unfinished
}

/** Steps 2 and 3: reads all that has to be known beforehand, and decides. */
export async function open(course: Course): Promise<Opening | Ended> {
  const { register, tokens, progress, ports, rotation } = course
  const readings = await read(course)
  const record = register.head?.record
  const liveness = await readLiveness(course, record?.claim)
  const decision = decide(
    record,
    toEvidence(course, readings),
    liveness === 'alive',
    readings.salt,
  )
  tokens.learn(record)
  switch (decision.kind) {
    case 'go-on':
      return goOn(course, decision.record, readings)
    case 'take-over':
      return goOnAfter(
        course,
        await recover(course, readings, liveness, decision.isOverride),
      )
    case 'skip':
      return ended(progress.skipped(decision.reason))
    case 'stay-blocked':
      ports.job.info('The record is blocked; nothing was sent to anybody.')
      return stayBlocked(course)
    case 'fail': {
      const explain =
        decision.code === 'SECRET_NOT_FOUND' ? secretNotFound : secretMismatch
      throw new RotationError(explain(rotation.refreshTokenPlace), 'unchanged')
    }
  }
}

function goOn(
  course: Course,
  record: RotationRecord,
  readings: Readings,
  needsGrace = false,
): Opening | Ended {
  course.tokens.learn(record)
  if (!isDue(course, record)) return ended(course.progress.notDue())
  const unfinished = findUnfinished(course, record)
  return {
    kind: 'go-on',
    record,
    secretUpdatedAt: lastWriteIn(readings),
    needsGrace,
    ...(unfinished && { unfinished }),
  }
}

/** What is not known to be good is due. */
function isDue({ rotation, tokens }: Course, record: RotationRecord): boolean {
  return (
    rotation.isForced ||
    pendingPlaces(rotation.accessTokenPlaces, record).length > 0 ||
    tokens.goodStored() === undefined
  )
}

function goOnAfter(
  course: Course,
  recovered: Recovered | Ended,
): Opening | Ended {
  if (recovered.kind === 'ended') return recovered
  const { record, readings, needsGrace, isAdopted } = recovered
  const next = goOn(course, record, readings, needsGrace)
  // Nothing else is due, so that was all that this run had to do.
  return next.kind === 'ended' && isAdopted
    ? ended(course.progress.adopted())
    : next
}
