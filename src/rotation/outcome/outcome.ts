import type { CredentialState, RotationErrorCode } from './errors.ts'
import type { SecretValue } from '../tokens/secret-value.ts'

/** How a run ended; one word for machines. */
export type Outcome =
  | 'rotated'
  | 'not-rotated'
  | 'adopted'
  | 'redone'
  | 'skipped-not-due'
  | 'skipped-busy'
  | 'skipped-stale'
  | 'skipped-cooling'
  | 'dry-run'
  | 'fallback'
  | 'partial'
  | 'cancelled'
  | 'failed'

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
