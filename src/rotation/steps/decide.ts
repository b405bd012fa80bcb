import { ended, type RotationContext, type Ended } from '../context.ts'
import { decide } from '../record/decide.ts'
import { RotationError } from '../outcome/errors.ts'
import { secretMismatch, secretNotFound } from '../outcome/failures.ts'
import {
  lastWriteIn,
  read,
  readLiveness,
  toEvidence,
  type Readings,
} from './read.ts'
import type { RotationRecord } from '../record/record.ts'
import { recover, stayBlocked, type Recovered } from './take-over.ts'
import { findUnfinished, pendingPlaces, type Unfinished } from './find-due.ts'

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
export async function open(context: RotationContext): Promise<Opening | Ended> {
  const { lease, tokens, progress, ports, rotation } = context
  const readings = await read(context)
  const record = lease.head?.record
  const liveness = await readLiveness(context, record?.claim)
  const decision = decide(
    record,
    toEvidence(context, readings),
    liveness === 'alive',
    readings.salt,
  )
  tokens.learn(record)
  switch (decision.kind) {
    case 'go-on':
      return goOn(context, decision.record, readings)
    case 'take-over':
      return goOnAfter(
        context,
        await recover(context, readings, liveness, decision.isOverride),
      )
    case 'skip':
      return ended(progress.skipped(decision.reason))
    case 'stay-blocked':
      ports.job.info('The record is blocked; nothing was sent to anybody.')
      return stayBlocked(context)
    case 'fail': {
      const explain =
        decision.code === 'SECRET_NOT_FOUND' ? secretNotFound : secretMismatch
      throw new RotationError(explain(rotation.refreshTokenPlace), 'unchanged')
    }
  }
}

function goOn(
  context: RotationContext,
  record: RotationRecord,
  readings: Readings,
  needsGrace = false,
): Opening | Ended {
  context.tokens.learn(record)
  if (!isDue(context, record)) return ended(context.progress.notDue())
  const unfinished = findUnfinished(context, record)
  return {
    kind: 'go-on',
    record,
    secretUpdatedAt: lastWriteIn(readings),
    needsGrace,
    ...(unfinished && { unfinished }),
  }
}

/** What is not known to be good is due. */
function isDue(
  { rotation, tokens }: RotationContext,
  record: RotationRecord,
): boolean {
  return (
    rotation.isForced ||
    pendingPlaces(rotation.accessTokenPlaces, record).length > 0 ||
    tokens.goodStored() === undefined
  )
}

function goOnAfter(
  context: RotationContext,
  recovered: Recovered | Ended,
): Opening | Ended {
  if (recovered.kind === 'ended') return recovered
  const { record, readings, needsGrace, isAdopted } = recovered
  const next = goOn(context, record, readings, needsGrace)
  // Nothing else is due, so that was all that this run had to do.
  return next.kind === 'ended' && isAdopted
    ? ended(context.progress.adopted())
    : next
}
