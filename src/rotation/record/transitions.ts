import type { JournalEntry } from '../ports.ts'
import type { TokenKeys } from '../tokens/token-keys.ts'
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

export const KEPT_MARKS = 20
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
  const ended = record.claim?.isForDistribution ? endClaim(record) : record
  return { ...ended, pendingPlaces }
}

/** Nothing was sent under the claim, and nothing is indeterminate. */
export function endClaim(record: RotationRecord): RotationRecord {
  const { claim: _claim, ...rest } = record
  return { ...rest, phase: 'idle' }
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
      // Who only examined has sent nothing. Otherwise, where nobody knows whether runs
      // have ended, each of them would push the end of the cooling on.
      coolUntil:
        mayOwnerLive && record.phase === 'claimed'
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
  return record.claim?.isIndeterminate
    ? { ...record, phase: 'examining' }
    : endClaim(record)
}

export interface Committed {
  readonly token: string
  /** The mark of the token that it replaces. */
  readonly spent: string
  /** Unset when the write was not ours. */
  readonly wrote?: Date
  readonly accessToken?: KnownAccessToken
  readonly refreshTokenLifetime?: Lifetime
  readonly grantSince?: Date
  readonly pendingPlaces: readonly string[]
  readonly restUntil?: Date
}

/** What main, or its post step, commits of a journal. */
export function toCommitted(
  { heir, wrote, pendingPlaces, ...known }: JournalEntry,
  { spent }: TokenKeys,
): Committed {
  const { accessToken, refreshTokenLifetime, grantSince } = known
  return {
    token: heir.token,
    spent,
    pendingPlaces,
    ...(wrote && { wrote }),
    ...(accessToken && { accessToken }),
    ...(refreshTokenLifetime && { refreshTokenLifetime }),
    ...(grantSince && { grantSince }),
  }
}

/** The new token is stored; nothing is open any more. */
export function commit(
  record: RotationRecord,
  {
    token,
    spent,
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
    ...rest,
    phase: 'idle',
    ...(!isSame && {
      current: token,
      sequence: record.sequence + 1,
      spent: [spent, ...record.spent.filter((mark) => mark !== spent)].slice(
        0,
        KEPT_MARKS,
      ),
    }),
    ...(isSame && life && { refreshTokenLifetime: life }),
    ...(wrote && { wrote }),
    ...(accessToken && { accessToken }),
    ...(refreshTokenLifetime && { refreshTokenLifetime }),
    ...(grantSince && { grantSince }),
    ...(restUntil && { restUntil }),
    pendingPlaces,
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

/** Whether both hold one sealed copy, whoever has put it there, and when. */
export function isSameCopy(one: Escrow, other: Escrow): boolean {
  return (
    one.token === other.token &&
    one.sealed.keyId === other.sealed.keyId &&
    one.sealed.encryptedValue === other.sealed.encryptedValue
  )
}

export function withoutEscrow(record: RotationRecord): RotationRecord {
  const { escrow: _escrow, ...rest } = record
  return rest
}
