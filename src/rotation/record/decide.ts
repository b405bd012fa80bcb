import type { SkipReason } from '../outcome/outcome.ts'
import { isFar, leaseEnd, type Cooling } from './cooling.ts'
import {
  hasUsableEscrow,
  isFreshFor,
  isOutdated,
  isWrittenAfter,
  type Evidence,
} from './evidence.ts'
import type { Claimed, Unverified } from './record-description.ts'
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
  /** Of the lane; without one, of any claim in it that may be running. */
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
  const isHeldUp =
    isOwnerAlive ||
    mustWait(unverified, evidence.now, cooling) ||
    mayLag(unverified, evidence, cooling)
  if (isHeldUp) {
    return { kind: 'fail', code: 'RECORD_UNVERIFIED' } // row 4a
  }
  // row 10, row 4
  return { kind: unverified[0]?.claim ? 'begin-examining' : 'begin' }
}

/**
 * Without the creation of the run, only the record can say whether the secret was
 * written since. With it, GitHub does, and nobody else is asked.
 */
function guessWrite(
  [newest]: readonly Unverified[],
  { runCreatedAt }: Evidence,
): Date | undefined {
  return runCreatedAt === undefined ? newest?.wrote : undefined
}

/**
 * Something may still be under way, for as long as that can be, and no longer. All that
 * was written counts, not only the newest: whoever can add to it must not hide a run.
 */
function mustWait(
  unverified: readonly Unverified[],
  now: Date,
  cooling: Cooling,
): boolean {
  return unverified.some(({ restUntil, claim }) =>
    [restUntil, claim?.coolUntil].some(
      (end) => end !== undefined && isAhead(end, now, cooling),
    ),
  )
}

/**
 * The secret may have been written since the run was created, by a run that says so,
 * although its metadata does not show it yet: reads lag.
 */
function mayLag(
  unverified: readonly Unverified[],
  evidence: Evidence,
  cooling: Cooling,
): boolean {
  return unverified.some(
    ({ wrote }) =>
      wrote !== undefined &&
      !isFar(wrote, evidence.now, cooling) &&
      !isFreshFor(wrote, evidence),
  )
}

/** The claims that a run may still hold. */
export function runningClaims(
  unverified: readonly Unverified[],
  now: Date,
  cooling: Cooling,
): Claimed[] {
  return unverified.flatMap(({ claim }) =>
    claim && isAhead(leaseEnd(claim.heldSince), now, cooling) ? [claim] : [],
  )
}

function isAhead(end: Date, now: Date, cooling: Cooling): boolean {
  return now < end && !isFar(end, now, cooling)
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
