import { readExpiry } from './access-token.ts'
import type { Issued } from './classify.ts'
import { allPlaces, type Rotation } from './course.ts'
import type { SkipReason } from './decide.ts'
import {
  toRotationError,
  type CredentialState,
  type Failure,
} from './errors.ts'
import { cancelledBeforeSending, newGrant } from './failures.ts'
import { lifeOf, warnOfEnd } from './lifetime.ts'
import type { Outcome, PlaceReport, RotationReport } from './outcome.ts'
import type { IssuedTokens, SecretPlace, System } from './ports.ts'
import type { KnownAccessToken, Life, RotationRecord } from './record.ts'
import type { Register } from './register.ts'
import type { SecretValue } from './secret-value.ts'
import { formatTime } from './time.ts'

const skips: Record<SkipReason, string> = {
  busy: 'Another run is rotating this token.',
  stale:
    'This run was given an older refresh token than the one that counts now: the secret was written after the run was queued. Start a new run; a re-run keeps the old token.',
  cooling:
    'An earlier run was cut off while it was refreshing, and its request may still take effect. The next run goes on.',
}

/** An access token and, if anybody knows, how long it is good. */
export interface Known {
  readonly token: SecretValue
  readonly expiresAt?: Date
}

interface Issuance {
  readonly expiresInSeconds?: number | undefined
  readonly issuedAt?: Date
}

/**
 * What has happened so far, and the report that follows from it wherever the run
 * ends.
 */
export class Progress {
  /** What a failure at this moment would mean for the refresh token. */
  credentialState: CredentialState = 'unchanged'
  readonly #rotation: Rotation
  readonly #system: System
  readonly #register: Register
  readonly #statuses: Map<SecretPlace, PlaceReport['status']>
  #record: RotationRecord | undefined
  #stored: Known | undefined
  #issued: Known | undefined
  #life: Life | undefined

  constructor(rotation: Rotation, system: System, register: Register) {
    this.#rotation = rotation
    this.#register = register
    this.#system = system
    this.#statuses = new Map(
      allPlaces(rotation).map((place) => [place, 'untouched']),
    )
    const { storedAccessToken } = rotation
    if (storedAccessToken) this.#stored = { token: storedAccessToken }
  }

  mark(place: SecretPlace, status: PlaceReport['status']): void {
    this.#statuses.set(place, status)
  }

  /** Takes note of the record, which may know the stored access token. */
  learn(record: RotationRecord | undefined): void {
    this.#record = record ?? this.#record
    this.#life = record?.refreshTokenLife ?? this.#life
    const { storedAccessToken: token } = this.#rotation
    if (token === undefined) return
    const known = record?.accessToken
    const isKnown =
      record !== undefined &&
      known?.fingerprint === this.#system.fingerprint(token, record.salt)
    const expiresAt = isKnown ? known.expiresAt : readExpiry(token)
    this.#stored = { token, ...(expiresAt && { expiresAt }) }
  }

  /** Takes note of the tokens that were issued, and says what to remember. */
  know(tokens: IssuedTokens): {
    accessToken?: KnownAccessToken
    refreshTokenLife?: Life
    grantSince?: Date
  } {
    // The servers' clocks, never the runner's: it may be wrong by hours.
    const issuedAt = tokens.issuedAt ?? this.#system.serverNow()
    const { lifetimes } = this.#rotation
    const grantSince = this.#record?.grantSince ?? issuedAt
    const refreshTokenLife = lifeOf(
      issuedAt,
      grantSince,
      lifetimes,
      tokens.refreshTokenExpiresAt,
    )
    this.#life = refreshTokenLife ?? this.#life
    const accessToken = this.#knowAccessToken(tokens, issuedAt)
    return {
      ...(accessToken && { accessToken }),
      ...(refreshTokenLife && { refreshTokenLife }),
      ...(lifetimes.absoluteSeconds !== undefined && { grantSince }),
    }
  }

  #knowAccessToken(
    { accessToken: token, expiresInSeconds }: IssuedTokens,
    issuedAt: Date,
  ): KnownAccessToken | undefined {
    if (token === undefined) return undefined
    this.#issued = this.toKnown(token, { expiresInSeconds, issuedAt })
    const { expiresAt } = this.#issued
    return expiresAt && this.#record
      ? {
          fingerprint: this.#system.fingerprint(token, this.#record.salt),
          expiresAt,
        }
      : undefined
  }

  toKnown(
    token: SecretValue,
    { expiresInSeconds, issuedAt = this.#system.serverNow() }: Issuance,
  ): Known {
    const expiresAt =
      expiresInSeconds === undefined
        ? readExpiry(token)
        : new Date(issuedAt.getTime() + expiresInSeconds * 1000)
    return { token, ...(expiresAt && { expiresAt }) }
  }

  /** What is not known to be good is due. */
  isDue({ pendingPlaces }: RotationRecord): boolean {
    return (
      this.#rotation.isForced ||
      pendingPlaces.length > 0 ||
      this.#goodStoredToken() === undefined
    )
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

  redone(): RotationReport {
    this.credentialState = 'stored'
    return this.#report(
      'redone',
      'The new refresh token of a run that was cut off is stored now.',
    )
  }

  done(issued: Issued, failures: readonly Failure[]): RotationReport {
    const { label } = this.#rotation.refreshTokenPlace
    const what =
      issued.kind === 'rotated'
        ? `The new refresh token is stored in the ${label}.`
        : 'The authorization server returned no new refresh token, so the stored one stays.'
    const [first] = failures
    return {
      ...this.#report(
        first ? 'partial' : issued.kind,
        [what, ...failures.map((failure) => failure.what)].join(' '),
        this.#issued,
      ),
      ...(first && {
        errorCode: first.code,
        remedy: [...new Set(failures.map(({ remedy }) => remedy))].join(' '),
      }),
    }
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

  /** The stored access token, unless it has expired or nobody knows. */
  usableStoredToken(): Known | undefined {
    const expiresAt = this.#stored?.expiresAt
    return expiresAt !== undefined && expiresAt > this.#system.serverNow()
      ? this.#stored
      : undefined
  }

  /** For a job that can go on with another access token when rotation failed. */
  fallBack(
    report: RotationReport,
    { token, expiresAt }: Known,
  ): RotationReport {
    return {
      ...report,
      outcome: 'fallback',
      accessToken: token,
      ...(expiresAt && { expiresAt }),
    }
  }

  /** Says it while there is time when the refresh token is going to end. */
  endWarning(): string | undefined {
    return this.#life && warnOfEnd(this.#life, this.#system.serverNow())
  }

  /** The stored access token, if it is good for long enough. */
  #goodStoredToken(): Known | undefined {
    const expiresAt = this.#stored?.expiresAt
    if (expiresAt === undefined) return undefined
    const left = expiresAt.getTime() - this.#system.serverNow().getTime()
    return left > this.#rotation.minimumValiditySeconds * 1000
      ? this.#stored
      : undefined
  }

  #report(
    outcome: Outcome,
    verdict: string,
    handedOut = this.#goodStoredToken(),
  ): RotationReport {
    const { minimumValiditySeconds } = this.#rotation
    const { head } = this.#register
    const expiresAt = handedOut?.expiresAt
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
      ...(handedOut && { accessToken: handedOut.token }),
      ...(expiresAt && {
        expiresAt,
        nextDueAt: new Date(
          expiresAt.getTime() - minimumValiditySeconds * 1000,
        ),
      }),
      ...(head && { sequence: head.record.sequence }),
      ...(this.#life && { refreshTokenExpiresAt: this.#life.expiresAt }),
    }
  }

  /** Says how a handed-out token compares with what was asked for. */
  validityWarning(): string | undefined {
    const { minimumValiditySeconds: asked } = this.#rotation
    const expiresAt = this.#issued?.expiresAt
    if (expiresAt === undefined) return undefined
    const left = Math.round(
      (expiresAt.getTime() - this.#system.serverNow().getTime()) / 1000,
    )
    return asked < left
      ? undefined
      : `'minimum-validity' is ${asked} s, but the access token lives for ${left} s only (until ${formatTime(expiresAt)}), so every run will rotate.`
  }
}
