import type { Issued } from '../record/classify-exchange.ts'
import type { SecretPlace } from '../ports.ts'
import type { RecordLease } from '../record/lease.ts'
import { allPlaces, type Rotation } from '../rotation.ts'
import type { AccessToken, KnownTokens } from '../tokens/known-tokens.ts'
import {
  RotationError,
  toRotationError,
  type CredentialState,
  type Failure,
} from './errors.ts'
import { cancelledBeforeSending, newGrant, stillBlocked } from './failures.ts'
import type {
  Distribution,
  Outcome,
  PlaceReport,
  RotationReport,
  SkipReason,
} from './outcome.ts'

const skips: Record<SkipReason, string> = {
  busy: 'Another run is rotating this token.',
  stale:
    'This run was given an older refresh token than the one that counts now: the secret was written after the run was queued. Start a new run; a re-run keeps the old token.',
  cooling:
    'An earlier run was cut off while it was refreshing, and its request may still take effect. The next run goes on.',
}

/**
 * What has happened so far, and the report that follows from it wherever the run
 * ends.
 */
export class Progress {
  /** What a failure at this moment would mean for the refresh token. */
  credentialState: CredentialState = 'unchanged'
  readonly #rotation: Rotation
  readonly #tokens: KnownTokens
  readonly #lease: RecordLease
  readonly #statuses: Map<SecretPlace, PlaceReport['status']>

  constructor(rotation: Rotation, tokens: KnownTokens, lease: RecordLease) {
    this.#rotation = rotation
    this.#tokens = tokens
    this.#lease = lease
    this.#statuses = new Map(
      allPlaces(rotation).map((place) => [place, 'untouched']),
    )
  }

  mark(place: SecretPlace, status: PlaceReport['status']): void {
    this.#statuses.set(place, status)
  }

  notDue(): RotationReport {
    return this.#report('skipped-not-due', 'Nothing is due.')
  }

  skipped(reason: SkipReason): RotationReport {
    return this.#report(`skipped-${reason}`, skips[reason])
  }

  cancelled(): RotationReport {
    return {
      ...this.#report('cancelled', cancelledBeforeSending().what),
      errorCode: 'CANCELLED',
    }
  }

  dryRun(): RotationReport {
    return this.#report(
      'dry-run',
      'Every check held and write access is proven. No token request was sent.',
    )
  }

  adopted(): RotationReport {
    this.credentialState = 'stored'
    return this.#report(
      'adopted',
      'An earlier run had stored the new refresh token and was cut off; the record knows it now.',
    )
  }

  /** The sealed copy in the record is in the secret now. */
  recoveredEscrow(): RotationReport {
    return this.#recovered('recovered-escrow')
  }

  /** The same by the post step, with the sealed copy on the machine. */
  recoveredJournal(): RotationReport {
    return this.#recovered('recovered-journal')
  }

  #recovered(
    outcome: 'recovered-escrow' | 'recovered-journal',
  ): RotationReport {
    this.credentialState = 'stored'
    return this.#report(
      outcome,
      'The new refresh token of a run that was cut off is stored now.',
    )
  }

  /** The access token of an earlier run is in its places now. */
  distributed(failures: readonly Failure[]): RotationReport {
    const where =
      failures.length > 0
        ? 'still not in all of its places'
        : 'in all of its places now'
    return this.#withDistribution(
      'distributed',
      `The access token of an earlier run is ${where}. No token request was sent.`,
      { failures },
    )
  }

  done(issued: Issued, distribution: Distribution): RotationReport {
    const { label } = this.#rotation.refreshTokenPlace
    const what =
      issued.kind === 'rotated'
        ? `The new refresh token is stored in the ${label}.`
        : 'The authorization server returned no new refresh token, so the stored one stays.'
    return this.#withDistribution(
      issued.kind,
      what,
      distribution,
      this.#tokens.issued,
    )
  }

  #withDistribution(
    outcome: Outcome,
    what: string,
    { failures, remark = '' }: Distribution,
    token?: AccessToken,
  ): RotationReport {
    const [first] = failures
    if (first === undefined) return this.#report(outcome, what, token)
    const sentences = [what, ...failures.map((failure) => failure.what), remark]
    return {
      ...this.#report(
        'partial',
        sentences.filter((sentence) => sentence !== '').join(' '),
        token,
      ),
      errorCode: first.code,
      remedy: [...new Set(failures.map(({ remedy }) => remedy))].join(' '),
    }
  }

  /** The block of an earlier run stands. */
  blocked(): RotationReport {
    const { block } = this.#lease.record
    if (block === undefined) throw new TypeError('blocked without a block')
    const failure = stillBlocked(block, this.#rotation.refreshTokenPlace)
    return this.failed(new RotationError(failure, block.credentialState))
  }

  failed(thrown: unknown): RotationReport {
    const error = toRotationError(thrown, this.credentialState)
    const { code, credentialState, what, remedy } = error
    if (code === 'CANCELLED' && credentialState === 'unchanged') {
      return this.cancelled()
    }
    const isDefectAfterSpend =
      code === 'INTERNAL_ERROR' && credentialState !== 'unchanged'
    return {
      ...this.#report('failed', what, undefined),
      errorCode: code,
      credentialState,
      remedy: isDefectAfterSpend
        ? `${remedy} If the next run reports that the refresh token is not accepted, ${newGrant(this.#rotation.refreshTokenPlace)}`
        : remedy,
    }
  }

  /** For a job that can go on with another access token when rotation failed. */
  fallBack(
    report: RotationReport,
    { token, expiresAt }: AccessToken,
  ): RotationReport {
    return {
      ...report,
      outcome: 'fallback',
      accessToken: token,
      ...(expiresAt && { expiresAt }),
    }
  }

  #report(
    outcome: Outcome,
    verdict: string,
    distribution = this.#tokens.goodStored(),
  ): RotationReport {
    const { minimumValiditySeconds } = this.#rotation
    const { version } = this.#lease
    const { refreshTokenExpiresAt } = this.#tokens
    const expiresAt = distribution?.expiresAt
    return {
      outcome,
      credentialState: this.credentialState,
      verdict,
      remedy: '',
      places: [...this.#statuses].map(([place, status]) => ({
        label: place.label,
        content:
          place === this.#rotation.refreshTokenPlace
            ? 'refresh token'
            : 'access token',
        status,
      })),
      ...(distribution && { accessToken: distribution.token }),
      ...(expiresAt && {
        expiresAt,
        nextDueAt: new Date(
          expiresAt.getTime() - minimumValiditySeconds * 1000,
        ),
      }),
      ...(version && { sequence: version.record.sequence }),
      ...(refreshTokenExpiresAt && { refreshTokenExpiresAt }),
    }
  }
}
