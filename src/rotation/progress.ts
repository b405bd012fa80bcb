import {
  toRotationError,
  type CredentialState,
  type Failure,
} from './errors.ts'
import { newGrant, type Issued } from './machine.ts'
import type { PlaceReport, RotationReport } from './outcome.ts'
import type { SecretMetadata, SecretPlace } from './ports.ts'

/**
 * What has happened so far, and the report that follows from it wherever the run
 * ends.
 */
export class Progress {
  /** What a failure at this moment would mean for the refresh token. */
  credentialState: CredentialState = 'unchanged'
  readonly #refreshTokenPlace: SecretPlace
  readonly #statuses: Map<SecretPlace, PlaceReport['status']>

  constructor(
    refreshTokenPlace: SecretPlace,
    accessTokenPlaces: readonly SecretPlace[],
  ) {
    this.#refreshTokenPlace = refreshTokenPlace
    this.#statuses = new Map(
      [refreshTokenPlace, ...accessTokenPlaces].map((place) => [
        place,
        'untouched',
      ]),
    )
  }

  mark(place: SecretPlace, status: PlaceReport['status']): void {
    this.#statuses.set(place, status)
  }

  dryRun(): RotationReport {
    return {
      outcome: 'dry-run',
      credentialState: 'unchanged',
      verdict:
        'Every check held and write access is proven. No token request was sent.',
      remedy: '',
      places: this.#places(),
    }
  }

  /** @param lookedAt gives the time where the token reply did not */
  done(
    { kind, tokens }: Issued,
    failures: readonly Failure[],
    lookedAt: SecretMetadata,
  ): RotationReport {
    const { accessToken, expiresInSeconds } = tokens
    // The servers' clocks, never the runner's: it may be wrong by hours.
    const issuedAt = tokens.issuedAt ?? lookedAt.readAt
    return {
      outcome: failures.length > 0 ? 'partial' : kind,
      credentialState: this.credentialState,
      verdict: [
        kind === 'rotated'
          ? `The new refresh token is stored in the ${this.#refreshTokenPlace.label}.`
          : 'The authorization server returned no new refresh token, so the stored one stays.',
        ...failures.map(({ what }) => what),
      ].join(' '),
      remedy: [...new Set(failures.map(({ remedy }) => remedy))].join(' '),
      places: this.#places(),
      ...(failures[0] && { errorCode: failures[0].code }),
      ...(accessToken && { accessToken }),
      ...(accessToken &&
        expiresInSeconds !== undefined && {
          expiresAt: new Date(issuedAt.getTime() + expiresInSeconds * 1000),
        }),
    }
  }

  failed(thrown: unknown): RotationReport {
    const error = toRotationError(thrown, this.credentialState)
    const { code, credentialState, what, remedy } = error
    const isDefectAfterSpend =
      code === 'INTERNAL_ERROR' && credentialState !== 'unchanged'
    return {
      outcome: 'failed',
      errorCode: code,
      credentialState,
      verdict: what,
      remedy: isDefectAfterSpend
        ? `${remedy} If the next run reports that the refresh token is not accepted, ${newGrant(this.#refreshTokenPlace)}`
        : remedy,
      places: this.#places(),
    }
  }

  #places(): PlaceReport[] {
    return [...this.#statuses].map(([place, status]) => ({
      label: place.label,
      content:
        place === this.#refreshTokenPlace ? 'refresh token' : 'access token',
      status,
    }))
  }
}
