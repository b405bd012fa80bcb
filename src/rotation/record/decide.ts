import type { SkipReason } from '../outcome/outcome.ts'
import { isFar, leaseEnd, type Cooling } from './cooling.ts'
import {
  hasUsableEscrow,
  isFreshFor,
  isOutdated,
  isWrittenAfter,
  type Evidence,
} from './evidence.ts'
import type { Unverified } from './record-description.ts'
import { isHarmless, type RotationRecord } from './record.ts'
import { endClaim } from './transitions.ts'
import type { View } from './view.ts'

export type Decision =
  /** Claim this record, then refresh. */
  | { readonly kind: 'go-on'; readonly record: RotationRecord }
  /** Begin a record of the presented token, then refresh. */
  | { readonly kind: 'begin' }
  /** The same, but find out first where the token came from. */
  | { readonly kind: 'begin-examining' }
  /** The owner is dead: take the record first, then judge. */
  | { readonly kind: 'take-over'; readonly isOverride: boolean }
  | { readonly kind: 'skip'; readonly reason: SkipReason }
  | {
      readonly kind: 'fail'
      readonly code:
        'SECRET_NOT_FOUND' | 'SECRET_MISMATCH' | 'RECORD_UNVERIFIED'
    }
  /** A block stands, and nothing that this run knows lifts it. */
  | { readonly kind: 'stay-blocked' }

/** Decides before the claim, by the rows of `docs/protocol.md`, section 3. */
export function decide(
  view: View,
  evidence: Evidence,
  /** Only asked for where there is an owner. */
  isOwnerAlive: boolean,
  cooling: Cooling,
): Decision {
  const { lane } = view
  if (evidence.secret === 'missing' && lane?.record.wrote === undefined) {
    return { kind: 'fail', code: 'SECRET_NOT_FOUND' }
  }
  if (lane === undefined) {
    return view.isSpent
      ? decideSpent(view, evidence)
      : decideUnknown(view, evidence, isOwnerAlive, cooling)
  }
  const decision = decideByRow(lane.record, evidence, isOwnerAlive)
  const { restUntil } = lane.record
  const isActive = decision.kind === 'go-on' || decision.kind === 'take-over'
  return isActive && restUntil !== undefined && evidence.now < restUntil
    ? { kind: 'skip', reason: 'cooling' }
    : decision
}

/** The token has been replaced: only its color depends on what nobody has proven. */
function decideSpent({ unverified }: View, evidence: Evidence): Decision {
  return isFreshFor(guessWrite(unverified, evidence), evidence)
    ? { kind: 'fail', code: 'SECRET_MISMATCH' }
    : { kind: 'skip', reason: 'stale' } // row 3
}

/** A record that says nothing about the token can at most make this run wait. */
function decideUnknown(
  { heirs, tip, unverified }: View,
  evidence: Evidence,
  isOwnerAlive: boolean,
  cooling: Cooling,
): Decision {
  if (!isFreshFor(guessWrite(unverified, evidence), evidence)) {
    return evidence.runCreatedAt === undefined
      ? { kind: 'fail', code: 'RECORD_UNVERIFIED' }
      : { kind: 'skip', reason: 'stale' } // row 1, row 5
  }
  if (heirs.length > 0) return { kind: 'begin-examining' } // row 4b
  if (tip === undefined) return { kind: 'begin' } // row 1
  if (mustWait(unverified, evidence.now, isOwnerAlive, cooling)) {
    return { kind: 'fail', code: 'RECORD_UNVERIFIED' } // row 4a
  }
  // row 10, row 4
  return { kind: unverified?.claim ? 'begin-examining' : 'begin' }
}

/**
 * Without the creation of the run, only the record can say whether the secret was
 * written since. With it, GitHub does, and nobody else is asked.
 */
function guessWrite(
  unverified: Unverified | undefined,
  { runCreatedAt }: Evidence,
): Date | undefined {
  return runCreatedAt === undefined ? unverified?.wrote : undefined
}

/** Somebody may be at work, for as long as a run can be, and no longer. */
function mustWait(
  unverified: Unverified | undefined,
  now: Date,
  isOwnerAlive: boolean,
  cooling: Cooling,
): boolean {
  const claim = unverified?.claim
  const ends = [
    unverified?.restUntil,
    claim?.coolUntil,
    isOwnerAlive && claim ? leaseEnd(claim.heldSince) : undefined,
  ]
  return ends.some(
    (end) => end !== undefined && now < end && !isFar(end, now, cooling),
  )
}

function decideByRow(
  record: RotationRecord,
  evidence: Evidence,
  isOwnerAlive: boolean,
): Decision {
  switch (record.phase) {
    case 'claimed':
    case 'examining':
      if (isOwnerAlive) return { kind: 'skip', reason: 'busy' } // row 6
      if (isHarmless(record)) return decideIdle(endClaim(record), evidence) // row 7a
      return isOutdated(record, evidence)
        ? { kind: 'skip', reason: 'stale' } // row 9
        : { kind: 'take-over', isOverride: false } // row 7
    case 'idle':
      return decideIdle(record, evidence)
    case 'blocked':
      return decideBlocked(record, evidence)
  }
}

function decideIdle(record: RotationRecord, evidence: Evidence): Decision {
  const isStale =
    !isFreshFor(record.wrote, evidence) &&
    isWrittenAfter(evidence.secret, record.wrote)
  if (isStale) return { kind: 'skip', reason: 'stale' }
  // Whoever has put a copy of the successor there has sent this token.
  return record.escrow
    ? { kind: 'take-over', isOverride: false } // row 2a
    : { kind: 'go-on', record } // row 2
}

function decideBlocked(record: RotationRecord, evidence: Evidence): Decision {
  if (hasUsableEscrow(record, evidence.secret)) {
    return { kind: 'take-over', isOverride: false } // row 5a
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
