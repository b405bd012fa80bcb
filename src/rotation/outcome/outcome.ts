import type { CredentialState, Failure, RotationErrorCode } from './errors.ts'
import type { SecretValue } from '../tokens/secret-value.ts'

/** Why a run leaves a due token alone. */
export type SkipReason = 'busy' | 'stale' | 'cooling'

/** How a run ended; one machine-readable word. */
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

export interface PlaceReport {
  readonly label: string
  readonly content: 'refresh token' | 'access token'
  /**
   * `writable`: write access was proven, nothing was stored. `put back`: it was
   * written, and then got the previous access token again.
   */
  readonly status:
    'untouched' | 'writable' | 'written' | 'not written' | 'put back'
}

/** Everything known at the end of a run. Holds exactly one outcome. */
export interface RotationReport {
  readonly outcome: Outcome
  readonly credentialState: CredentialState
  /** Whole sentences: what happened. */
  readonly verdict: string
  /** Whole sentences: what to do now; empty when there is nothing to do. */
  readonly remedy: string
  readonly errorCode?: RotationErrorCode
  /** For this job, if there is a valid one. */
  readonly accessToken?: SecretValue
  /** Of that access token, if known. */
  readonly expiresAt?: Date
  readonly refreshTokenExpiresAt?: Date
  /** When the next rotation will be due, if known. */
  readonly nextDueAt?: Date
  /** How often the refresh token was replaced; unset without a record. */
  readonly sequence?: number
  readonly places: readonly PlaceReport[]
}

/** How far a distribution got. What failed stays listed in the record. */
export interface Distribution {
  readonly failures: readonly Failure[]
  /** A whole sentence, when something was put back or should have been. */
  readonly remark?: string
}

/** How far it got, and what is left for the next run. */
export interface Distributed extends Distribution {
  /** As the record names the places. */
  readonly pendingPlaces: readonly string[]
}
