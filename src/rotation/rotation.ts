import type { SecretPlace } from './ports.ts'
import type { Owner } from './record/record.ts'
import type { ClassFacts } from './record/rotation-class.ts'
import type { LifetimeLimits } from './tokens/lifetime.ts'
import type { SecretValue } from './tokens/secret-value.ts'
import type { LaneKey } from './tokens/token-keys.ts'

export interface GivenTokens {
  readonly refreshToken: SecretValue
  /** The access token in use so far, if the run was given it. */
  readonly storedAccessToken?: SecretValue
  readonly minimumValiditySeconds: number
}

export interface ProviderFacts {
  readonly facts: ClassFacts
  readonly lifetimes: LifetimeLimits
  /** The old access token keeps working after a refresh. */
  readonly keepsOldAccessToken: boolean
}

export interface RotationPolicy {
  /** Rotate even when nothing is due. */
  readonly isForced: boolean
  /** Forced by a person, who may do what no schedule may. */
  readonly isByPerson: boolean
  /** Check everything and prove write access, but send no token request. */
  readonly isDryRun: boolean
  /** Keep a sealed copy in the record when the secret cannot be written. */
  readonly usesEscrow: boolean
  /** What the job gets when rotation fails. */
  readonly fallback: 'none' | 'stored-access-token' | 'client-credentials'
}

/** What started the run, for the record to remember. */
export interface RunFacts {
  readonly event: string
  readonly actor: string
  /** Of this program. */
  readonly version: string
}

/** One refresh token, its place, and the places of the access token. */
export interface Rotation extends GivenTokens, ProviderFacts, RotationPolicy {
  readonly owner: Owner
  readonly run: RunFacts
  readonly refreshTokenPlace: SecretPlace
  /** What the record says it is about: the place, or a hash of it. */
  readonly placeName: string
  readonly accessTokenPlaces: readonly SecretPlace[]
}

/** The places that get the access token, as the record of a token lists them. */
export function placeIds(
  { accessTokenPlaces }: Rotation,
  { state }: LaneKey,
): string[] {
  return accessTokenPlaces.map(({ id }) => state.nameOf(id))
}

export function allPlaces(rotation: Rotation): readonly SecretPlace[] {
  return [rotation.refreshTokenPlace, ...rotation.accessTokenPlaces]
}
