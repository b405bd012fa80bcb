import type { CredentialState, Failure, RotationErrorCode } from './errors.ts'
import type { SecretValue } from '../tokens/secret-value.ts'

/** Why a run leaves a token alone that is due. */
export type SkipReason = 'busy' | 'stale' | 'cooling'

/** How a run ended; one word for machines. */
export const outcomes = [
  'rotated',
  'not-rotated',
  'adopted',
  'recovered-escrow',
  'recovered-journal',
  'distributed',
  'skipped-not-due',
  'skipped-busy',
  'skipped-stale',
  'skipped-cooling',
  'dry-run',
  'fallback',
  'partial',
  'cancelled',
  'failed',
] as const

export type Outcome = (typeof outcomes)[number]

/** What a run did at one place. */
export interface PlaceReport {
  /** The place as a person would name it. */
  readonly label: string
  readonly content: 'refresh token' | 'access token'
  /**
   * `writable`: write access was proven, nothing was stored. `put back`: it was
   * written, and then got the previous access token again.
   */
  readonly status:
    'untouched' | 'writable' | 'written' | 'not written' | 'put back'
}

/** Everything that is known at the end of a run. Holds exactly one outcome. */
export interface RotationReport {
  readonly outcome: Outcome
  readonly credentialState: CredentialState
  /** Whole sentences: what happened. */
  readonly verdict: string
  /** Whole sentences: what to do now; empty when nothing has to be done. */
  readonly remedy: string
  readonly errorCode?: RotationErrorCode
  /** For this job, if there is one that is good. */
  readonly accessToken?: SecretValue
  /** When that access token expires, if the authorization server said so. */
  readonly expiresAt?: Date
  /** When the refresh token expires, if that is known. */
  readonly refreshTokenExpiresAt?: Date
  /** When a run will find the next rotation due, if that is known. */
  readonly nextDueAt?: Date
  /** How often the refresh token was replaced; unset without a record. */
  readonly sequence?: number
  readonly places: readonly PlaceReport[]
}

/** How far a distribution came. What failed stays listed in the record. */
export interface Distribution {
  readonly failures: readonly Failure[]
  /** A whole sentence, when something was put back or should have been. */
  readonly remark?: string
}
