import type { ClassFacts } from './record/decide.ts'
import { RotationError } from './outcome/errors.ts'
import { cancelledBeforeSending } from './outcome/failures.ts'
import type { KnownTokens } from './tokens/known-tokens.ts'
import type { RotationReport } from './outcome/outcome.ts'
import type {
  AuthorizationServer,
  HealthCheck,
  Job,
  Journal,
  RecordStore,
  Runs,
  SecretPlace,
  System,
} from './ports.ts'
import type { Progress } from './outcome/progress.ts'
import type { Owner } from './record/record.ts'
import type { RecordLease } from './record/lease.ts'
import type { SecretValue } from './tokens/secret-value.ts'

/** One refresh token, where it lives, and who gets the access token. */
export interface Rotation {
  readonly owner: Owner
  readonly refreshToken: SecretValue
  readonly refreshTokenPlace: SecretPlace
  readonly accessTokenPlaces: readonly SecretPlace[]
  /** The access token that is in use until now, if the run was given it. */
  readonly storedAccessToken?: SecretValue
  readonly minimumValiditySeconds: number
  readonly facts: ClassFacts
  /** Keep a sealed copy in the record when the secret cannot be written. */
  readonly usesEscrow: boolean
  /** Check everything and prove write access, but send no token request. */
  readonly isDryRun: boolean
  /** Rotate even when nothing is due. */
  readonly isForced: boolean
  /** Forced, and by a person. */
  readonly isByPerson: boolean
  /** What the job gets when rotation fails. */
  readonly fallback: 'none' | 'stored-access-token' | 'client-credentials'
  readonly lifetimes: LifetimeLimits
  /** The old access token works on after a refresh. */
  readonly keepsOldAccessToken: boolean
}

/** How long refresh tokens of this provider live, as far as that is known. */
export interface LifetimeLimits {
  /** Counted from each rotation on. */
  readonly idleSeconds?: number
  /** Counted from the grant on; no refresh moves it. */
  readonly absoluteSeconds?: number
}

export interface Ports {
  readonly authorizationServer: AuthorizationServer
  readonly healthCheck?: HealthCheck
  readonly records: RecordStore
  readonly runs: Runs
  readonly journal: Journal
  readonly job: Job
  readonly system: System
}

/** One rotation under way. */
export interface RotationContext {
  readonly rotation: Rotation
  readonly ports: Ports
  readonly lease: RecordLease
  readonly tokens: KnownTokens
  readonly progress: Progress
}

/** The run is over, for whatever reason. */
export interface Ended {
  readonly kind: 'ended'
  readonly report: RotationReport
}

export function ended(report: RotationReport): Ended {
  return { kind: 'ended', report }
}

/**
 * Waits for what nothing depends on yet; a cancelled job does not wait for it.
 *
 * @throws RotationError `CANCELLED`, and whatever the work throws
 */
export async function unlessCancelled<T>(
  { job }: Ports,
  work: Promise<T>,
): Promise<T> {
  const cancelled = job.whenCancelled().then((): never => {
    throw new RotationError(cancelledBeforeSending(), 'unchanged')
  })
  return Promise.race([work, cancelled])
}

/** What is to be written after a refresh, as the record lists it. */
export function placeIds({ accessTokenPlaces }: Rotation): string[] {
  return accessTokenPlaces.map(({ id }) => id)
}

export function allPlaces(rotation: Rotation): readonly SecretPlace[] {
  return [rotation.refreshTokenPlace, ...rotation.accessTokenPlaces]
}
