import type { SecretMetadata } from '../ports.ts'
import type { RotationRecord } from './record.ts'

/** Everything known when a run decides; none of it is a guess. */
export interface Evidence {
  /** Fingerprint of the token that this run was given. */
  readonly presented: string
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
    record.escrow?.replaces === record.current &&
    !isWrittenAfter(secret, record.claim?.updatedAt)
  )
}

export type Relation = 'current' | 'superseded' | 'unknown'

export function relate(
  record: RotationRecord,
  { presented }: Evidence,
): Relation {
  if (presented === record.current) return 'current'
  return record.superseded.includes(presented) ? 'superseded' : 'unknown'
}

/**
 * Whether the run was created in a later second than the secret was written. Then its
 * snapshot is the content of the secret, whenever it was taken.
 */
export function isFreshFor(
  record: RotationRecord | undefined,
  { secret, runCreatedAt }: Evidence,
): boolean {
  const wrote = record?.wrote
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

function seconds(time: Date): number {
  return Math.floor(time.getTime() / 1000)
}
