import type { RotationErrorCode } from '../outcome/errors.ts'
import type { SkipReason } from '../outcome/outcome.ts'
import {
  hasUsableEscrow,
  isFreshFor,
  isWrittenAfter,
  relate,
  type Evidence,
} from './evidence.ts'
import { isDistributing, type RotationRecord } from './record.ts'
import { adoptGrant, createRecord, endDistribution } from './transitions.ts'

export type Decision =
  /** Claim this record, then refresh. */
  | { readonly kind: 'go-on'; readonly record: RotationRecord }
  /** The owner is dead: take the record first, then judge. */
  | { readonly kind: 'take-over'; readonly isOverride: boolean }
  | { readonly kind: 'skip'; readonly reason: SkipReason }
  | { readonly kind: 'fail'; readonly code: RotationErrorCode }
  /** A block stands, and nothing that this run knows lifts it. */
  | { readonly kind: 'stay-blocked' }

/** Decides before the claim, by the rows of `docs/protocol.md`, section 3. */
export function decide(
  record: RotationRecord | undefined,
  evidence: Evidence,
  /** Only asked for in phases with an owner. */
  isOwnerAlive: boolean,
  salt: string,
): Decision {
  const decision = decideByRow(record, evidence, isOwnerAlive, salt)
  const restUntil = record?.restUntil
  const isActive = decision.kind === 'go-on' || decision.kind === 'take-over'
  return isActive && restUntil !== undefined && evidence.now < restUntil
    ? { kind: 'skip', reason: 'cooling' }
    : decision
}

function decideByRow(
  record: RotationRecord | undefined,
  evidence: Evidence,
  isOwnerAlive: boolean,
  salt: string,
): Decision {
  if (evidence.secret === 'missing' && record?.wrote === undefined) {
    return { kind: 'fail', code: 'SECRET_NOT_FOUND' }
  }
  const isFresh = isFreshFor(record, evidence)
  if (record === undefined) {
    return isFresh // row 1
      ? { kind: 'go-on', record: createRecord(salt, evidence.presented) }
      : { kind: 'skip', reason: 'stale' }
  }
  switch (record.phase) {
    case 'claimed':
    case 'examining':
      if (isOwnerAlive) return { kind: 'skip', reason: 'busy' } // row 6
      return isDistributing(record)
        ? decideIdle(endDistribution(record), evidence, isFresh) // row 7a
        : { kind: 'take-over', isOverride: false } // row 7
    case 'idle':
      return decideIdle(record, evidence, isFresh)
    case 'blocked':
      return decideBlocked(record, evidence, isFresh)
  }
}

function decideIdle(
  record: RotationRecord,
  evidence: Evidence,
  isFresh: boolean,
): Decision {
  switch (relate(record, evidence)) {
    case 'current': // row 2
      if (!isFresh && isWrittenAfter(evidence.secret, record.wrote)) {
        return { kind: 'skip', reason: 'stale' }
      }
      return { kind: 'go-on', record }
    case 'superseded': // row 3
      return isFresh
        ? { kind: 'fail', code: 'SECRET_MISMATCH' }
        : { kind: 'skip', reason: 'stale' }
    case 'unknown': // row 4, row 5
      return isFresh
        ? { kind: 'go-on', record: adoptGrant(record, evidence.presented) }
        : { kind: 'skip', reason: 'stale' }
  }
}

function decideBlocked(
  record: RotationRecord,
  evidence: Evidence,
  isFresh: boolean,
): Decision {
  if (hasUsableEscrow(record, evidence.secret)) {
    return { kind: 'take-over', isOverride: false } // row 5a
  }
  if (relate(record, evidence) === 'unknown') {
    return isFresh // row 4
      ? { kind: 'go-on', record: adoptGrant(record, evidence.presented) }
      : { kind: 'stay-blocked' } // row 5
  }
  // row 5b
  const mayOverride =
    evidence.isByPerson &&
    record.block?.credentialState === 'unknown' &&
    !record.block.isOverridden
  return mayOverride
    ? { kind: 'take-over', isOverride: true }
    : { kind: 'stay-blocked' }
}
