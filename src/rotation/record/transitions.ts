import { coolFrom, type Cooling } from './cooling.ts'
import {
  later,
  type Block,
  type Escrow,
  type KnownAccessToken,
  type Lifetime,
  type Owner,
  type RotationRecord,
} from './record.ts'

const KEPT_FINGERPRINTS = 20

/** A first record, with the presented token as the current one. */
export function createRecord(salt: string, current: string): RotationRecord {
  return {
    phase: 'idle',
    sequence: 0,
    salt,
    current,
    superseded: [],
    pendingPlaces: [],
    knowsIntrospection: false,
  }
}

export function replaceCurrent(
  record: RotationRecord,
  current: string,
): RotationRecord {
  if (record.current === current) return record
  return {
    ...record,
    current,
    superseded: [record.current, ...record.superseded]
      .filter((fingerprint) => fingerprint !== current)
      .slice(0, KEPT_FINGERPRINTS),
  }
}

/** Makes a person's new grant current; all that was open about the old one is over. */
export function adoptGrant(
  record: RotationRecord,
  current: string,
): RotationRecord {
  const {
    claim: _claim,
    escrow: _escrow,
    block: _block,
    refreshTokenLifetime: _life,
    grantSince: _since,
    ...rest
  } = record
  return {
    ...replaceCurrent(rest, current),
    phase: 'idle',
    sequence: record.sequence + 1,
  }
}

export function claim(
  record: RotationRecord,
  owner: Owner,
  now: Date,
  secretUpdatedAt: Date,
  cooling: Cooling,
): RotationRecord {
  const earlier = record.claim
  const { block: _block, restUntil: _restUntil, ...rest } = record
  return {
    ...rest,
    phase: 'claimed',
    claim: {
      owner,
      heldSince: now,
      firstAt: earlier?.firstAt ?? now,
      updatedAt: earlier?.updatedAt ?? later(secretUpdatedAt, record.wrote),
      coolUntil: coolFrom(now, cooling),
      isIndeterminate: earlier !== undefined,
    },
  }
}

/** Nothing may be indeterminate, since what such a claim leaves is never judged. */
export function claimForDistribution(
  record: RotationRecord,
  owner: Owner,
  now: Date,
  secretUpdatedAt: Date,
): RotationRecord {
  if (record.phase !== 'idle')
    throw new TypeError('a distribution while not idle')
  const { restUntil: _restUntil, ...rest } = record
  return {
    ...rest,
    phase: 'claimed',
    claim: {
      owner,
      heldSince: now,
      firstAt: now,
      updatedAt: later(secretUpdatedAt, record.wrote),
      coolUntil: now,
      isIndeterminate: false,
      isForDistribution: true,
    },
  }
}

/** The distribution is over, complete or not. A claim to refresh stays. */
export function endDistribution(
  record: RotationRecord,
  pendingPlaces = record.pendingPlaces,
): RotationRecord {
  const ended = record.claim?.isForDistribution ? release(record) : record
  return { ...ended, pendingPlaces }
}

/** Proves that the record is still ours, and since when. */
export function fence(
  record: RotationRecord,
  now: Date,
  cooling: Cooling,
): RotationRecord {
  if (record.claim === undefined) return record
  return {
    ...record,
    claim: {
      ...record.claim,
      heldSince: now,
      fencedAt: now,
      coolUntil: coolFrom(now, cooling),
    },
  }
}

export interface TakeOver {
  readonly owner: Owner
  readonly now: Date
  readonly secretUpdatedAt: Date
  readonly cooling: Cooling
  /**
   * The previous owner was not confirmed to have ended: it may be sending right now.
   */
  readonly mayOwnerLive: boolean
  /** A person lifts a block. */
  readonly isOverride: boolean
}

/** What was claimed stays claimed; only its evidence is judged by another run now. */
export function takeOver(
  record: RotationRecord,
  { owner, now, secretUpdatedAt, cooling, mayOwnerLive, isOverride }: TakeOver,
): RotationRecord {
  const { isForDistribution: _isForDistribution, ...taken } = record.claim ?? {
    firstAt: now,
    updatedAt: later(secretUpdatedAt, record.wrote),
    coolUntil: now,
  }
  return {
    ...record,
    phase: 'examining',
    claim: {
      ...taken,
      owner,
      heldSince: now,
      coolUntil: mayOwnerLive
        ? later(taken.coolUntil, coolFrom(now, cooling))
        : taken.coolUntil,
      isIndeterminate: true,
    },
    ...(record.block &&
      isOverride && { block: { ...record.block, isOverridden: true } }),
  }
}

/**
 * Releases the claim before anything was sent. If an earlier request is indeterminate,
 * it stays so, and the record goes back to being examined.
 */
export function release(record: RotationRecord): RotationRecord {
  if (record.claim?.isIndeterminate) return { ...record, phase: 'examining' }
  const { claim: _claim, ...rest } = record
  return { ...rest, phase: 'idle' }
}

export interface Committed {
  readonly token: string
  /** Unset when the write was not ours. */
  readonly wrote?: Date
  readonly accessToken?: KnownAccessToken
  readonly refreshTokenLifetime?: Lifetime
  readonly grantSince?: Date
  readonly pendingPlaces?: readonly string[]
  readonly restUntil?: Date
}

/** The new token is stored; nothing is open any more. */
export function commit(
  record: RotationRecord,
  {
    token,
    wrote,
    accessToken,
    refreshTokenLifetime,
    grantSince,
    pendingPlaces,
    restUntil,
  }: Committed,
): RotationRecord {
  const {
    claim: _claim,
    escrow: _escrow,
    block: _block,
    refreshTokenLifetime: life,
    // A newer one was issued, whether it is known or not.
    accessToken: _accessToken,
    ...rest
  } = record
  const isSame = token === record.current
  return {
    ...replaceCurrent(rest, token),
    phase: 'idle',
    sequence: record.sequence + (isSame ? 0 : 1),
    ...(isSame && life && { refreshTokenLifetime: life }),
    ...(wrote && { wrote }),
    ...(accessToken && { accessToken }),
    ...(refreshTokenLifetime && { refreshTokenLifetime }),
    ...(grantSince && { grantSince }),
    ...(restUntil && { restUntil }),
    pendingPlaces: pendingPlaces ?? record.pendingPlaces,
  }
}

/** Stops until a person acts, or a fresh token appears in the secret. */
export function block(
  record: RotationRecord,
  reason: Pick<Block, 'credentialState' | 'code'>,
  now: Date,
): RotationRecord {
  return {
    ...record,
    phase: 'blocked',
    block: { ...reason, at: now, isOverridden: false },
  }
}

/**
 * Undefined when the replaced token is no longer current: the copy is not needed then.
 */
export function depositEscrow(
  record: RotationRecord,
  escrow: Escrow,
): RotationRecord | undefined {
  return record.current === escrow.replaces ? { ...record, escrow } : undefined
}

export function holdsEscrow(
  { escrow }: RotationRecord,
  { replaces, token, sealed }: Escrow,
): boolean {
  return (
    escrow?.replaces === replaces &&
    escrow.token === token &&
    escrow.sealed.keyId === sealed.keyId &&
    escrow.sealed.encryptedValue === sealed.encryptedValue
  )
}

export function withoutEscrow(record: RotationRecord): RotationRecord {
  const { escrow: _escrow, ...rest } = record
  return rest
}
