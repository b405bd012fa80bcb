import type { CredentialState, RotationErrorCode } from '../outcome/errors.ts'
import type { Memory } from './memory.ts'
import type { SealedSecret } from '../tokens/sealed-secret.ts'

/** Who holds the record: one step of one job of one attempt of a run. */
export interface Owner {
  /** `owner/name` of the workflow's repository. */
  readonly repository: string
  readonly runId: string
  readonly attempt: string
  readonly job: string
  /** Distinguishes owners that are otherwise the same. */
  readonly nonce: string
}

/** A run may be refreshing the current token, or may have died doing so. */
export interface Claim {
  readonly owner: Owner
  /** When the owner took or last confirmed it; its lease counts from here. */
  readonly heldSince: Date
  /** When the current token was first claimed; later claims keep it. */
  readonly firstAt: Date
  /**
   * The last write of the secret, as seen at the first claim; never before `wrote` or
   * the second before that look: a lagging read would make our own write look like a
   * person's.
   */
  readonly updatedAt: Date
  /** The last fence, if any: a request may have been sent after it. */
  readonly fencedAt?: Date
  /** Until then, a request that was sent may still take effect. */
  readonly coolUntil: Date
  /** An earlier request for the same token may have been sent. */
  readonly isIndeterminate: boolean
  /** Held only to distribute an access token: no token request is sent under it. */
  readonly isForDistribution?: boolean
}

/**
 * The heir of the current token: the only copy of its successor in the record, which
 * only GitHub can open.
 */
export interface Escrow {
  /** The id of the token that this one replaces. */
  readonly replaces: string
  /** Of the record, which it does not survive. */
  readonly sequence: number
  readonly token: string
  readonly sealed: SealedSecret
  readonly at: Date
  /**
   * The key with which the successor's holder writes the record, sealed with the token
   * that is replaced, and bound to all of the above.
   */
  readonly next: string
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
  /** A person has let the run continue; allowed once for each block. */
  readonly isOverridden: boolean
}

export const phases = ['idle', 'claimed', 'examining', 'blocked'] as const

/**
 * What survives a run: lock, intent, fence and audit trail in one. Holds names that are
 * derived from tokens, never a token; a sealed copy only while it is in escrow.
 */
export interface RotationRecord {
  readonly phase: (typeof phases)[number]
  /** How many tokens have become current. Never decreases. */
  readonly sequence: number
  /** The id of the current refresh token, with whose key the version is signed. */
  readonly current: string
  /** What the holders of replaced tokens have published, the newest first. */
  readonly spent: readonly string[]
  /** The secret that it is about, in clear where it is the repository's own. */
  readonly place: string
  /** The server's time of the answer to our last write of the secret. */
  readonly wrote?: Date
  /**
   * Issued last, to recognise it when presented; unset when its lifetime is unknown.
   */
  readonly accessToken?: KnownAccessToken
  readonly refreshTokenLifetime?: Lifetime
  /** When the grant was first seen; set where its lifetime is known. */
  readonly grantSince?: Date
  /** Places that lack the last access token, as the current token names them. */
  readonly pendingPlaces: readonly string[]
  /** The server is known to introspect refresh tokens, so "inactive" counts. */
  readonly knowsIntrospection: boolean
  readonly claim?: Claim
  /**
   * Not to be claimed before: a write of the same token may still be under way, by a
   * main process whose work the post step, or the next run, has finished.
   */
  readonly restUntil?: Date
  readonly escrow?: Escrow
  readonly block?: Block
  readonly memory?: Memory
}

export interface Lifetime {
  readonly since: Date
  readonly expiresAt: Date
  /** No refresh extends it: only a new grant does. */
  readonly isAbsolute: boolean
}

export interface KnownAccessToken {
  readonly id: string
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
 * Whether no token request is sent under the claim: held to distribute, or to find out
 * about a token that the record did not know. When the owner is dead, the record is as
 * good as idle.
 */
export function isHarmless({ phase, claim, escrow }: RotationRecord): boolean {
  return (
    claim !== undefined &&
    !claim.isIndeterminate &&
    escrow === undefined &&
    (phase === 'examining' ||
      (phase === 'claimed' && claim.isForDistribution === true))
  )
}

export function later(one: Date, other: Date | undefined): Date {
  return other !== undefined && other > one ? other : one
}
