import type { RotationErrorCode } from '../outcome/errors.ts'
import type { SecretMetadata } from '../ports.ts'
import { isDistributing, type RotationRecord } from './record.ts'
import { adoptGrant, createRecord, endDistribution } from './transitions.ts'

/** What the provider does to the old refresh token at a refresh. */
export type RotationClass =
  'strict' | 'grace' | 'confirm-on-use' | 'non-rotating'

/** Everything that is known when a run decides; nothing in it is a guess. */
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

export type SkipReason = 'busy' | 'stale' | 'cooling'

export type Decision =
  /** Claim, and refresh. The record is the one to claim from. */
  | { readonly kind: 'go-on'; readonly record: RotationRecord }
  /** The owner is dead: take the record first, judge then. */
  | { readonly kind: 'take-over'; readonly isOverride: boolean }
  | { readonly kind: 'skip'; readonly reason: SkipReason }
  | { readonly kind: 'fail'; readonly code: RotationErrorCode }
  /** A block stands, and nothing that this run knows lifts it. */
  | { readonly kind: 'stay-blocked' }

/** Decides before the claim. The rows are those of the protocol. */
export function decide(
  record: RotationRecord | undefined,
  evidence: Evidence,
  /** Asked for in phases with an owner only. */
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
    case 'unknown': // rows 4 and 5
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

/** What the authorization server says of the old refresh token. */
export type Introspection = 'active' | 'inactive' | 'unknown'

export type Examination =
  | {
      readonly kind: 'go-on'
      readonly record: RotationRecord
      /** To be looked at again right before the request. */
      readonly needsGrace: boolean
    }
  /** Write the sealed copy in escrow, unopened. */
  | { readonly kind: 'redo' }
  /** The secret holds the presented token, and that is right. */
  | { readonly kind: 'adopt' }
  | { readonly kind: 'skip'; readonly reason: SkipReason }
  | {
      readonly kind: 'block'
      readonly credentialState: 'lost' | 'unknown'
      readonly code: RotationErrorCode
    }
  /** Ask the authorization server, then examine again with what it said. */
  | { readonly kind: 'introspect' }

/**
 * Judges what a dead run left. Only for a run that holds the record: the same
 * checks made before taking it lose tokens when the dead run wakes up.
 */
export function examine(
  record: RotationRecord,
  evidence: Evidence,
  { rotationClass, graceSeconds }: ClassFacts,
  introspection: Introspection | undefined,
): Examination {
  const { claim } = record
  if (claim === undefined) return { kind: 'go-on', record, needsGrace: false }
  const isFresh = isFreshFor(record, evidence)
  const isWritten = isWrittenAfter(evidence.secret, claim.updatedAt)
  const relation = relate(record, evidence)

  if (hasUsableEscrow(record, evidence.secret)) return { kind: 'redo' } // row 8
  if (relation === 'current' && isWritten) {
    if (!isFresh) return { kind: 'skip', reason: 'stale' } // row 9
    if (record.escrow?.replaces === record.current) return { kind: 'redo' } // row 9a
  } else if (relation === 'unknown' && isFresh) {
    return { kind: 'adopt' } // row 10
  } else if (relation !== 'current') {
    return isFresh // row 11
      ? { kind: 'block', credentialState: 'unknown', code: 'SECRET_MISMATCH' }
      : { kind: 'skip', reason: 'stale' }
  }

  const { now } = evidence
  if (rotationClass === 'grace' && isInsideGrace(record, now, graceSeconds)) {
    return { kind: 'go-on', record, needsGrace: true } // row 12
  }
  if (now < claim.coolUntil) {
    return { kind: 'skip', reason: 'cooling' } // row 13
  }
  if (introspection === undefined) return { kind: 'introspect' }
  if (introspection === 'active') {
    // row 14: nothing is in doubt any more.
    const { claim: _claim, ...rest } = record
    return { kind: 'go-on', record: rest, needsGrace: false }
  }
  if (introspection === 'inactive' && record.knowsIntrospection) {
    // row 15
    return {
      kind: 'block',
      credentialState: 'lost',
      code: 'REAUTHORIZATION_REQUIRED',
    }
  }
  if (
    rotationClass === 'non-rotating' ||
    rotationClass === 'confirm-on-use' ||
    isOverridden(record)
  ) {
    return { kind: 'go-on', record, needsGrace: false } // rows 16 and 5b
  }
  // row 17
  return {
    kind: 'block',
    credentialState: 'unknown',
    code: 'TOKEN_REQUEST_INDETERMINATE',
  }
}

export interface ClassFacts {
  readonly rotationClass: RotationClass
  /** Of class `grace` only, otherwise 0. */
  readonly graceSeconds: number
}

/**
 * Whether a request that is sent now still falls into the window in which the
 * old token works. Counted from the first claim on it, which is before any
 * request; after a fence nobody knows what was sent when.
 */
export function isInsideGrace(
  { claim }: RotationRecord,
  now: Date,
  graceSeconds: number,
): boolean {
  if (claim === undefined || claim.fencedAt !== undefined) return false
  return now.getTime() < claim.firstAt.getTime() + graceSeconds * 1000
}

/** A person has let this run go on although the state is unknown. */
function isOverridden(record: RotationRecord): boolean {
  return record.block?.isOverridden === true
}

/** Row 8 and 5a: the successor of the current token, and a place for it. */
function hasUsableEscrow(
  record: RotationRecord,
  secret: Evidence['secret'],
): boolean {
  return (
    record.escrow?.replaces === record.current &&
    !isWrittenAfter(secret, record.claim?.updatedAt)
  )
}

type Relation = 'current' | 'superseded' | 'unknown'

function relate(record: RotationRecord, { presented }: Evidence): Relation {
  if (presented === record.current) return 'current'
  return record.superseded.includes(presented) ? 'superseded' : 'unknown'
}

/**
 * Whether the run was created in a later second than the secret was written.
 * Then its snapshot is what the secret holds, whichever moment it was taken at.
 */
function isFreshFor(
  record: RotationRecord | undefined,
  { secret, runCreatedAt }: Evidence,
): boolean {
  const wrote = record?.wrote
  if (runCreatedAt === undefined) {
    // The best that can be said without it; the run says that it may mislead.
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

function isWrittenAfter(
  secret: Evidence['secret'],
  time: Date | undefined,
): boolean {
  if (secret === 'missing') return false
  return time === undefined || seconds(secret.updatedAt) > seconds(time)
}

function seconds(time: Date): number {
  return Math.floor(time.getTime() / 1000)
}
