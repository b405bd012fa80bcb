import type { Failure } from '../outcome/errors.ts'
import type { Mark, MoveResult, System } from '../ports.ts'
import { leaseEnd, type Cooling } from './cooling.ts'
import {
  isHeldBy,
  type Block,
  type Escrow,
  type Owner,
  type RotationRecord,
} from './record.ts'
import { SignedRecord, type SignedRecordOptions } from './signed-record.ts'
import { block, fence, isSameCopy } from './transitions.ts'
import type { View } from './view.ts'

export type Moved =
  | { readonly kind: 'moved' }
  /** Another run has the record now, or somebody has written to it. */
  | {
      readonly kind: 'not-ours'
      /** Another run with the same token, as it has proven. */
      readonly isRun: boolean
    }
  /** It is unknown whether the record was written. */
  | { readonly kind: 'unreachable'; readonly failure: Failure }

/** After this long without confirmation, another run may have taken the record. */
const UNCONFIRMED_MILLISECONDS = 60_000
const MAX_TRIES = 5
/** The token has no other place left, so this outlasts heavy contention. */
const MAX_DEPOSITS = 20
const PAUSE_MILLISECONDS = 1000

/** Whether a run that last confirmed its claim then still counts as alive. */
export function isLeaseRunning(heldSince: Date, now: Date): boolean {
  return now < leaseEnd(heldSince)
}

/**
 * The record as one run holds it and moves it on. That a write succeeds proves that
 * nothing has changed since the version that was read.
 */
export class RecordLease extends SignedRecord {
  readonly owner: Owner
  readonly #system: System
  readonly #cooling: Cooling
  #confirmed: Mark | undefined
  /** The version that this run wrote last. */
  #written: string | undefined

  constructor(owner: Owner, options: SignedRecordOptions) {
    super(options)
    this.owner = owner
    this.#system = options.system
    this.#cooling = options.cooling
  }

  /**
   * Adds something for people to a record that nobody holds. Whoever is faster may go
   * on: then it is left out.
   */
  async annotate(
    change: (record: RotationRecord) => RotationRecord,
  ): Promise<void> {
    const { phase } = this.record
    const isFree = phase === 'idle' || phase === 'blocked'
    // Of the record of another token, this run cannot see the copy in escrow.
    if (!isFree || !this.isOwn) return
    await this.write(change(this.record))
  }

  /**
   * Held to refresh, not to distribute: main and its post step have one name, and the
   * post step must not touch what main has committed.
   */
  get isHeld(): boolean {
    return (
      this.lane !== undefined &&
      isHeldBy(this.lane, this.owner) &&
      this.lane.claim?.isForDistribution !== true
    )
  }

  /** Held, or written last by this run, as far as it knows. */
  get isOurs(): boolean {
    const revision = this.view.lane?.revision
    return this.isHeld || (revision !== undefined && revision === this.#written)
  }

  /** Of all runs that read the same version, only the first one succeeds. */
  async take(record: RotationRecord): Promise<Moved> {
    const before = this.view
    const result = await this.write(record)
    if (result.kind !== 'refused') return this.#settle(result)
    return { kind: 'not-ours', isRun: await this.#wasRun(before) }
  }

  /**
   * Anybody can have been faster; only the holder of the same token is a run, and only
   * by what was added: a record that was set back shows old versions of his.
   */
  async #wasRun(before: View): Promise<boolean> {
    for (let tries = 1; tries <= MAX_TRIES; tries++) {
      const added = await this.readAbove(before.tip)
      if (added !== undefined) {
        const { isSpent, lane, heirs } = added
        const sequence = before.lane?.record.sequence
        const isLeft = heirs.some(
          ({ escrow }) =>
            sequence === undefined || escrow.sequence === sequence,
        )
        return isSpent || lane !== undefined || isLeft
      }
      // The version that was just refused: the read lags.
      await this.#system.sleep(PAUSE_MILLISECONDS)
    }
    return false
  }

  /**
   * Moves the record on as long as no other run with this token, or its successor, has
   * written to it. What others add does not matter: nothing is sent after this.
   */
  move(next: (record: RotationRecord) => RotationRecord): Promise<Moved> {
    return this.#move(next, () => true)
  }

  async #move(
    next: (record: RotationRecord) => RotationRecord,
    isUndisturbed: (view: View) => boolean,
  ): Promise<Moved> {
    for (let tries = 1; this.isOurs && tries <= MAX_TRIES; tries++) {
      if (!isUndisturbed(this.view)) return { kind: 'not-ours', isRun: false }
      const { tip } = this.view
      const result = await this.write(next(this.record))
      if (result.kind !== 'refused') return this.#settle(result)
      const view = await this.readAgain()
      // A lagging read shows the version that was just refused.
      if (view === undefined || view.tip === tip) {
        await this.#system.sleep(PAUSE_MILLISECONDS)
      }
    }
    const { isSpent, lane } = this.view
    return {
      kind: 'not-ours',
      isRun: isSpent || (lane !== undefined && !this.isOurs),
    }
  }

  /**
   * Whether the record is still ours, proven by a fence where the last proof is old. A
   * read would prove nothing: reads lag.
   *
   * @param isUrgent the post step has begun beside this process
   */
  async confirm(isUrgent: boolean): Promise<Moved> {
    // Others see when it was claimed or fenced, not when this run learned of it: the
    // machine may have been frozen in between.
    const heldSince = this.lane?.claim?.heldSince
    const isRecent =
      this.#confirmed !== undefined &&
      this.#system.millisecondsSince(this.#confirmed) <
        UNCONFIRMED_MILLISECONDS &&
      (heldSince === undefined ||
        this.#system.serverNow().getTime() - heldSince.getTime() <
          UNCONFIRMED_MILLISECONDS)
    return isRecent && !isUrgent ? { kind: 'moved' } : this.fence()
  }

  /**
   * Before something is sent. Here any other state above ours counts: a run with
   * another token may have taken over, which this one cannot tell from noise.
   *
   * @param restUntil left in the record, whatever happens next
   */
  fence(restUntil?: Date): Promise<Moved> {
    return this.#move(
      (record) => ({
        ...fence(record, this.#system.serverNow(), this.#cooling),
        ...(restUntil && { restUntil }),
      }),
      ({ unverified }) => unverified.length === 0,
    )
  }

  /** @param change further changes to the record */
  block(
    reason: Pick<Block, 'credentialState' | 'code'>,
    change = (record: RotationRecord): RotationRecord => record,
  ): Promise<Moved> {
    return this.move((record) =>
      block(change(record), reason, this.#system.serverNow()),
    )
  }

  /**
   * Puts a sealed copy into escrow on whatever version there is: a run that has lost
   * the record but holds the newest token must still save it.
   *
   * @returns whether the copy was seen in the record afterwards. It is not put there
   * when the token has been replaced.
   */
  async deposit(escrow: Escrow): Promise<boolean> {
    let isPut = false
    for (let tries = 1; tries <= MAX_DEPOSITS; tries++) {
      const view = await this.readAgain()
      if (view === undefined) return false
      if (view.heirs.some((heir) => isSameCopy(heir.escrow, escrow)))
        return true
      const isReplaced =
        view.isSpent ||
        (view.lane !== undefined &&
          view.lane.record.current !== escrow.replaces)
      // A record that has begun anew takes no copy from before.
      const isVoid = isPut && view.lane?.record.sequence !== escrow.sequence
      if (isReplaced || isVoid) return false
      const result = await this.append(escrow)
      if (result.kind === 'unreachable') return false
      isPut ||= result.kind === 'moved'
      if (result.kind === 'refused') {
        await this.#system.sleep(PAUSE_MILLISECONDS)
      }
    }
    return false
  }

  /** Whether others may consider this run dead by now. */
  isLeaseOver(): boolean {
    return (
      this.#confirmed === undefined ||
      leaseEnd(new Date(0)).getTime() <=
        this.#system.millisecondsSince(this.#confirmed)
    )
  }

  #settle(result: Exclude<MoveResult, { kind: 'refused' }>): Moved {
    if (result.kind === 'unreachable') return result
    this.#written = result.revision
    this.#confirmed = this.#system.mark()
    return { kind: 'moved' }
  }
}
