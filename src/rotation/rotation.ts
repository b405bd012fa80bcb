import type { SecretPlace } from './ports.ts'
import type { Owner } from './record/record.ts'
import type { ClassFacts } from './record/rotation-class.ts'
import type { LifetimeLimits } from './tokens/lifetime.ts'
import type { SecretValue } from './tokens/secret-value.ts'

/** What a run is given of the tokens themselves. */
export interface GivenTokens {
  readonly refreshToken: SecretValue
  /** The access token that is in use until now, if the run was given it. */
  readonly storedAccessToken?: SecretValue
  readonly minimumValiditySeconds: number
}

/** What the provider does to tokens. */
export interface ProviderFacts {
  readonly facts: ClassFacts
  readonly lifetimes: LifetimeLimits
  /** The old access token works on after a refresh. */
  readonly keepsOldAccessToken: boolean
}

/** What the run may do, and what it does when rotation fails. */
export interface RotationPolicy {
  /** Rotate even when nothing is due. */
  readonly isForced: boolean
  /** Forced, and by a person: that may do what no schedule may. */
  readonly isByPerson: boolean
  /** Check everything and prove write access, but send no token request. */
  readonly isDryRun: boolean
  /** Keep a sealed copy in the record when the secret cannot be written. */
  readonly usesEscrow: boolean
  /** What the job gets when rotation fails. */
  readonly fallback: 'none' | 'stored-access-token' | 'client-credentials'
}

/** One refresh token, where it lives, and who gets the access token. */
export interface Rotation extends GivenTokens, ProviderFacts, RotationPolicy {
  readonly owner: Owner
  readonly refreshTokenPlace: SecretPlace
  readonly accessTokenPlaces: readonly SecretPlace[]
}

/** The places that get the access token, as the record lists them. */
export function placeIds({ accessTokenPlaces }: Rotation): string[] {
  return accessTokenPlaces.map(({ id }) => id)
}

export function allPlaces(rotation: Rotation): readonly SecretPlace[] {
  return [rotation.refreshTokenPlace, ...rotation.accessTokenPlaces]
}
