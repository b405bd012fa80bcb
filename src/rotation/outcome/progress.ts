import type { Issued } from '../record/classify-exchange.ts'
import type { SecretPlace, System } from '../ports.ts'
import type { RecordLease } from '../record/lease.ts'
import { remember, type Durations, type LastRun } from '../record/memory.ts'
import type { RotationRecord } from '../record/record.ts'
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
} from './outcome.ts'

/** What the record remembers of the end of a run. */
type Ending = Pick<RotationReport, 'outcome' | 'errorCode' | 'credentialState'>

/** Outcomes with a fixed meaning. */
export type PlainOutcome = Exclude<
  Outcome,
  Issued['kind'] | 'distributed' | 'fallback' | 'partial' | 'failed'
>

const recovered = 'The new refresh token of an interrupted run is now stored.'

const verdicts: Record<PlainOutcome, string> = {
  adopted:
    'An earlier run stored the new refresh token and was then interrupted; the record is now up to date.',
  'recovered-escrow': recovered,
  'recovered-journal': recovered,
  'skipped-not-due': 'Nothing is due.',
  'skipped-busy': 'Another run is rotating this token.',
  'skipped-stale':
    'This run was given an older refresh token than the current one: the secret was written after the run was queued. Start a new run; a re-run keeps the old token.',
  'skipped-cooling':
    'An earlier run was interrupted while it was refreshing the token, and its request may still take effect. The next run continues.',
  'dry-run':
    'Every check passed and write access is proven. No token request was sent.',
  cancelled: cancelledBeforeSending.what,
}

const storing: ReadonlySet<Outcome> = new Set([
  'adopted',
  'recovered-escrow',
  'recovered-journal',
])

/** What has happened so far, and the report that follows wherever the run ends. */
export class Progress {
  /** What a failure now would mean for the refresh token. */
  credentialState: CredentialState = 'unchanged'
  /** HTTP status of the last token reply. */
  status: number | undefined
  readonly #rotation: Rotation
  readonly #tokens: KnownTokens
  readonly #lease: RecordLease
  readonly #system: System
  #durations: Omit<Durations, 'run'> = {}
  #noted: Outcome | undefined
  readonly #statuses: Map<SecretPlace, PlaceReport['status']>

  constructor(
    rotation: Rotation,
    tokens: KnownTokens,
    lease: RecordLease,
    system: System,
  ) {
    this.#rotation = rotation
    this.#tokens = tokens
    this.#lease = lease
    this.#system = system
    this.#statuses = new Map(
      allPlaces(rotation).map((place) => [place, 'untouched']),
    )
  }

  /** How long a part of the run took; the last one counts. */
  measure(part: 'tokenRequest' | 'store', milliseconds: number): void {
    this.#durations = { ...this.#durations, [part]: milliseconds }
  }

  /** The record as it is to be once this run has ended in this way. */
  noted(
    record: RotationRecord,
    { outcome, errorCode, credentialState }: Ending,
  ): RotationRecord {
    this.#noted = outcome
    const { owner, run } = this.#rotation
    const { status } = this
    const last: LastRun = {
      outcome,
      ...(errorCode && { errorCode }),
      credentialState,
      at: this.#system.serverNow(),
      durations: {
        run: this.#system.elapsedMilliseconds(),
        ...this.#durations,
      },
      ...(status !== undefined && { status }),
      runId: owner.runId,
      attempt: owner.attempt,
      ...run,
    }
    return { ...record, memory: remember(record.memory, last) }
  }

  /** Whether the record says already that the run has ended in this way. */
  isNoted({ outcome }: Pick<Ending, 'outcome'>): boolean {
    return this.#noted === outcome
  }

  mark(place: SecretPlace, status: PlaceReport['status']): void {
    this.#statuses.set(place, status)
  }

  ended(outcome: PlainOutcome): RotationReport {
    if (storing.has(outcome)) this.credentialState = 'stored'
    const report = this.#report(outcome, verdicts[outcome])
    return outcome === 'cancelled'
      ? { ...report, errorCode: 'CANCELLED' }
      : report
  }

  /** The access token of an earlier run is in its places now. */
  distributed(failures: readonly Failure[]): RotationReport {
    const where =
      failures.length > 0
        ? 'still not in all of its places'
        : 'now in all of its places'
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
        : 'The authorization server returned no new refresh token, so the stored one stays in use.'
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
      return this.ended('cancelled')
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

  /** Rotation failed, but the job can continue with another access token. */
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
    known = this.#tokens.goodStored(),
  ): RotationReport {
    const { minimumValiditySeconds } = this.#rotation
    const { lane } = this.#lease
    const { refreshTokenExpiresAt } = this.#tokens
    const expiresAt = known?.expiresAt
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
      ...(known && { accessToken: known.token }),
      ...(expiresAt && {
        expiresAt,
        nextDueAt: new Date(
          expiresAt.getTime() - minimumValiditySeconds * 1000,
        ),
      }),
      ...(lane && { sequence: lane.sequence }),
      ...(refreshTokenExpiresAt && { refreshTokenExpiresAt }),
    }
  }
}
