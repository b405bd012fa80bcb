import type { CredentialState, RotationErrorCode } from '../outcome/errors.ts'
import type { SealedSecret } from '../tokens/sealed-secret.ts'

/** Who holds the record: one step of one job of one attempt of a run. */
export interface Owner {
  /** `owner/name` of the repository that the workflow runs in. */
  readonly repository: string
  readonly runId: string
  readonly attempt: string
  readonly job: string
  /** Tells apart what else could be the same. */
  readonly nonce: string
}

/** Somebody may be refreshing the current token, or may have died doing it. */
export interface Claim {
  readonly owner: Owner
  /** When the owner took or last confirmed it; its lease counts from here. */
  readonly heldSince: Date
  /** When the current token was claimed first; later claims keep it. */
  readonly firstAt: Date
  /**
   * When the secret was last written, as seen at the first claim; never before
   * `wrote`: a lagging read would make our own write look like a person's.
   */
  readonly updatedAt: Date
  /** The last fence, if there was one: a request may have gone out after it. */
  readonly fencedAt?: Date
  /** Before this a request that was sent may still take effect. */
  readonly coolUntil: Date
  /** An earlier request for the same token may have been sent. */
  readonly isIndeterminate: boolean
  /** Held only to hand an access token out: no token request is sent under it. */
  readonly isForDistribution?: boolean
}

/** The only copy of a token outside of its secret; only GitHub can open it. */
export interface Escrow {
  /** Fingerprint of the token that this one replaces. */
  readonly replaces: string
  readonly token: string
  readonly sealed: SealedSecret
}

export const blockedStates = [
  'escrowed',
  'unknown',
  'lost',
] as const satisfies readonly CredentialState[]

/** A person is needed. */
export interface Block {
  readonly credentialState: (typeof blockedStates)[number]
  readonly code: RotationErrorCode
  readonly at: Date
  /** A person has let the run go on; that is allowed once for each block. */
  readonly isOverridden: boolean
}

export const phases = ['idle', 'claimed', 'examining', 'blocked'] as const

/**
 * What survives a run: lock, intent, fence and audit trail in one. Holds
 * fingerprints, never a token; a sealed copy only while it is in escrow.
 */
export interface RotationRecord {
  readonly phase: (typeof phases)[number]
  /** Counts the tokens that became current. Never goes back. */
  readonly sequence: number
  /** Of the fingerprints; random, made with the record. */
  readonly salt: string
  /** Fingerprint of the refresh token that counts. */
  readonly current: string
  /** Fingerprints of replaced ones, the newest first. */
  readonly superseded: readonly string[]
  /** The server's time of the answer to our last write of the secret. */
  readonly wrote?: Date
  /**
   * The access token that was issued last, to know one that is presented; unset
   * when nobody knows how long it is good.
   */
  readonly accessToken?: KnownAccessToken
  /** How long the current refresh token lives, as far as that is known. */
  readonly refreshTokenLifetime?: Lifetime
  /** When the grant was first seen; set where its lifetime is known. */
  readonly grantSince?: Date
  /** Places that have not got the last access token. */
  readonly pendingPlaces: readonly string[]
  /** The server was seen to introspect refresh tokens, so its "no" counts. */
  readonly knowsIntrospection: boolean
  readonly claim?: Claim
  /**
   * Not to be claimed before: the post step has finished the work of a main
   * process that may be alive, with one more write of the same token on its way.
   */
  readonly restUntil?: Date
  readonly escrow?: Escrow
  readonly block?: Block
}

/** One version of the record: what a compare-and-swap starts from. */
export interface RecordVersion {
  /** The store's name for it. */
  readonly revision: string
  readonly record: RotationRecord
}

export interface Lifetime {
  readonly since: Date
  readonly expiresAt: Date
  /** No refresh moves the end: only a new grant does. */
  readonly isAbsolute: boolean
}

export interface KnownAccessToken {
  readonly fingerprint: string
  readonly expiresAt: Date
}

export function isHeldBy(
  record: RotationRecord,
  owner: Pick<Owner, 'nonce'>,
): boolean {
  return (
    (record.phase === 'claimed' || record.phase === 'examining') &&
    record.claim?.owner.nonce === owner.nonce
  )
}

/**
 * Whether the claim is one for a hand-out only. Then nothing is in doubt: when its
 * owner is dead, the record is as good as idle.
 */
export function isDistributing({
  phase,
  claim,
  escrow,
  current,
}: RotationRecord): boolean {
  return (
    phase === 'claimed' &&
    claim?.isForDistribution === true &&
    !claim.isIndeterminate &&
    escrow?.replaces !== current
  )
}

export function later(one: Date, other: Date | undefined): Date {
  return other !== undefined && other > one ? other : one
}
