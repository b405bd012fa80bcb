import { RotationError } from './outcome/errors.ts'
import { cancelledBeforeSending, recordUnverified } from './outcome/failures.ts'
import type { RotationReport } from './outcome/outcome.ts'
import { Progress, type PlainOutcome } from './outcome/progress.ts'
import type { Ports, SecretPlace } from './ports.ts'
import type { Readings } from './readings.ts'
import type { Evidence } from './record/evidence.ts'
import { RecordLease, type Moved } from './record/lease.ts'
import type { RotationRecord } from './record/record.ts'
import type { Rotation } from './rotation.ts'
import { KnownTokens } from './tokens/known-tokens.ts'
import type { SecretValue } from './tokens/secret-value.ts'
import type { TokenKeys } from './tokens/token-keys.ts'

/** The state of one rotation, which every step works with. */
export interface RotationContext {
  readonly rotation: Rotation
  readonly ports: Ports
  /** Of the presented token. */
  readonly keys: TokenKeys
  readonly lease: RecordLease
  readonly tokens: KnownTokens
  readonly progress: Progress
}

export function startRotation(
  rotation: Rotation,
  ports: Ports,
): RotationContext {
  const { records, system, keyring } = ports
  const keys = keyring.of(rotation.refreshToken)
  const lease = new RecordLease(rotation.owner, {
    keys,
    records,
    system,
    cooling: rotation.facts,
  })
  const tokens = new KnownTokens(rotation, system, keyring)
  const progress = new Progress(rotation, tokens, lease, system)
  return { rotation, ports, keys, lease, tokens, progress }
}

/** The run may claim the record, and refresh. */
export interface Cleared {
  readonly kind: 'cleared'
  /** The record to claim from. */
  readonly record: RotationRecord
  /** Of the secret as it is now. */
  readonly readings: Readings
  /** Send only while the old token certainly still works. */
  readonly needsGrace: boolean
  /** An interrupted run had stored its new token; only the record did not know. */
  readonly isAdopted: boolean
}

/** The owner of the record is gone: take the record over first, then judge. */
export interface TakeOverDue {
  readonly kind: 'take-over'
  /** The record to judge, as this run takes it. */
  readonly record: RotationRecord
}

/** What an earlier run left: its access token, and the places that lack it. */
export interface Unfinished {
  readonly kind: 'distribution'
  readonly accessToken: SecretValue
  readonly places: readonly SecretPlace[]
}

/** Write access is proven, and the claim is ready to be made. */
export interface Proven {
  readonly kind: 'proven'
  readonly claimed: RotationRecord
  readonly removeProbes: () => Promise<void>
}

export interface Ended {
  readonly kind: 'ended'
  readonly report: RotationReport
}

export function ended(report: RotationReport): Ended {
  return { kind: 'ended', report }
}

export function end(
  { progress }: RotationContext,
  outcome: PlainOutcome,
): Ended {
  return ended(progress.ended(outcome))
}

/**
 * Only another run is a reason to end without a failure: whoever else writes to the
 * record could keep all runs away.
 *
 * @throws RotationError `unchanged` when it was not a run, or is not known
 */
export function endUnlessTaken(
  context: RotationContext,
  taken: Moved,
): Ended | undefined {
  switch (taken.kind) {
    case 'moved':
      return undefined
    case 'not-ours':
      if (taken.isRun) return end(context, 'skipped-busy')
      throw new RotationError(recordUnverified, 'unchanged')
    case 'unreachable':
      throw new RotationError(taken.failure, 'unchanged')
  }
}

export function cleared(
  record: RotationRecord,
  readings: Readings,
  { needsGrace = false, isAdopted = false } = {},
): Cleared {
  return { kind: 'cleared', record, readings, needsGrace, isAdopted }
}

/**
 * Waits for work that nothing depends on yet; cancellation ends the wait.
 *
 * @throws RotationError `CANCELLED`, and whatever the work throws
 */
export async function unlessCancelled<T>(
  { job }: Ports,
  work: Promise<T>,
): Promise<T> {
  const cancelled = job.whenCancelled().then((): never => {
    throw new RotationError(cancelledBeforeSending, 'unchanged')
  })
  return Promise.race([work, cancelled])
}

/** What was read, as of now. */
export function toEvidence(
  { rotation, ports }: RotationContext,
  { secret, runCreatedAt }: Readings,
): Evidence {
  return {
    secret,
    ...(runCreatedAt && { runCreatedAt }),
    now: ports.system.serverNow(),
    isByPerson: rotation.isByPerson,
  }
}
