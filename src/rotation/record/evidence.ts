import type { SecretMetadata } from '../ports.ts'
import type { RotationRecord } from './record.ts'

/** Everything known when a run decides; none of it is a guess. */
export interface Evidence {
  readonly secret: SecretMetadata | 'missing'
  /** When the run was created; unset when that cannot be read. */
  readonly runCreatedAt?: Date
  /** The server's time. */
  readonly now: Date
  /** `force` on workflow_dispatch. */
  readonly isByPerson: boolean
}

/** Row 5a and row 8: the successor of the current token, and room for it. */
export function hasUsableEscrow(
  record: RotationRecord,
  secret: Evidence['secret'],
): boolean {
  return (
    record.escrow !== undefined &&
    !isWrittenAfter(secret, record.claim?.updatedAt)
  )
}

/**
 * Whether the run was created in a later second than the secret was written. Then its
 * snapshot is the content of the secret, whenever it was taken.
 *
 * @param wrote our last write of the secret, where the record says so
 */
export function isFreshFor(
  wrote: Date | undefined,
  { secret, runCreatedAt }: Evidence,
): boolean {
  if (runCreatedAt === undefined) {
    // The best answer without it; the run says that it may mislead.
    return wrote === undefined || isWrittenAfter(secret, wrote)
  }
  const created = seconds(runCreatedAt)
  const isLater = (time: Date | undefined): boolean =>
    time === undefined || created > seconds(time)
  return (
    isLater(secret === 'missing' ? undefined : secret.updatedAt) &&
    isLater(wrote)
  )
}

export function isWrittenAfter(
  secret: Evidence['secret'],
  time: Date | undefined,
): boolean {
  if (secret === 'missing') return false
  return time === undefined || seconds(secret.updatedAt) > seconds(time)
}

/** The secret holds another token by now, which only fresh runs are given. */
export function isOutdated(
  record: RotationRecord,
  evidence: Evidence,
): boolean {
  return (
    isWrittenAfter(evidence.secret, record.claim?.updatedAt) &&
    !isFreshFor(record.wrote, evidence)
  )
}

function seconds(time: Date): number {
  return Math.floor(time.getTime() / 1000)
}
