import type { Failure } from '../outcome/errors.ts'
import type { Mark, RecordStore, System } from '../ports.ts'
import {
  isHeldBy,
  type Block,
  type Escrow,
  type Owner,
  type RecordVersion,
  type RotationRecord,
} from './record.ts'
import { block, depositEscrow, fence, holdsEscrow } from './transitions.ts'
import type { Cooling } from './cooling.ts'

export type Moved =
  | { readonly kind: 'moved' }
  /** Another run has the record now. */
  | { readonly kind: 'not-ours' }
  /** It is unknown whether the record was written. */
  | { readonly kind: 'unreachable'; readonly failure: Failure }

/** After this long without confirmation, another run may have taken the record. */
const UNCONFIRMED_MILLISECONDS = 60_000
/** Unless it confirms the record, an owner counts as dead after this. */
const LEASE_MILLISECONDS = 30 * 60_000
const MAX_TRIES = 5
/** The token has no other place left, so this outlasts heavy contention. */
const MAX_DEPOSITS = 20
const PAUSE_MILLISECONDS = 1000

/** Whether a run that last confirmed its claim then still counts as alive. */
export function isLeaseRunning(heldSince: Date, now: Date): boolean {
  return now.getTime() - heldSince.getTime() < LEASE_MILLISECONDS
}

/**
 * The record as one run sees and moves it. Every change is a compare-and-swap from the
 * version read last, which proves that nothing has changed since.
 */
export class RecordLease {
  version: RecordVersion | undefined
  readonly owner: Owner
  readonly #records: RecordStore
  readonly #system: System
  readonly #cooling: Cooling
  #confirmed: Mark | undefined
  /** The version that this run wrote last. */
  #written: string | undefined

  constructor(
    owner: Owner,
    records: RecordStore,
    system: System,
    cooling: Cooling,
  ) {
    this.owner = owner
    this.#records = records
    this.#system = system
    this.#cooling = cooling
  }

  /** @throws RotationError `unchanged` when the record cannot be read */
  async read(): Promise<RecordVersion | undefined> {
    this.version = await this.#records.read()
    return this.version
  }

  get record(): RotationRecord {
    if (this.version === undefined) throw new TypeError('no record yet')
    return this.version.record
  }

  /**
   * Held to refresh, not to distribute: main and its post step have one name, and the
   * post step must not touch what main has committed.
   */
  get isHeld(): boolean {
    const record = this.version?.record
    return (
      record !== undefined &&
      isHeldBy(record, this.owner) &&
      record.claim?.isForDistribution !== true
    )
  }

  /** Held, or written last by this run, as far as it knows. */
  get #isOurs(): boolean {
    return (
      this.isHeld ||
      (this.version !== undefined && this.version.revision === this.#written)
    )
  }

  /** Of all runs that read the same version, only the first one succeeds. */
  async take(record: RotationRecord): Promise<Moved> {
    const result = await this.#records.move(this.version, record)
    if (result.kind === 'refused') return { kind: 'not-ours' }
    if (result.kind === 'unreachable') return result
    this.#accept(result.version)
    return { kind: 'moved' }
  }

  /** Prepares {@link take}; returns why the record could not be written, if known. */
  prepareToTake(record: RotationRecord): Promise<Failure | undefined> {
    return this.#records.prepare(this.version, record)
  }

  /** Another run's escrow does not take the record away, so the move is tried again. */
  async move(next: (record: RotationRecord) => RotationRecord): Promise<Moved> {
    for (let tries = 1; this.#isOurs && tries <= MAX_TRIES; tries++) {
      const result = await this.#records.move(this.version, next(this.record))
      if (result.kind === 'unreachable') return result
      if (result.kind === 'moved') {
        this.#accept(result.version)
        return { kind: 'moved' }
      }
      const refused = this.version?.revision
      const version = await this.readAgain()
      // A lagging read shows the version that was just refused.
      if (version === undefined || version.revision === refused) {
        await this.#system.sleep(PAUSE_MILLISECONDS)
      }
    }
    return { kind: 'not-ours' }
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
    const heldSince = this.version?.record.claim?.heldSince
    const isRecent =
      this.#confirmed !== undefined &&
      this.#system.millisecondsSince(this.#confirmed) <
        UNCONFIRMED_MILLISECONDS &&
      (heldSince === undefined ||
        this.#system.serverNow().getTime() - heldSince.getTime() <
          UNCONFIRMED_MILLISECONDS)
    return isRecent && !isUrgent ? { kind: 'moved' } : this.fence()
  }

  /** @param restUntil left in the record, whatever happens next */
  fence(restUntil?: Date): Promise<Moved> {
    return this.move((record) => ({
      ...fence(record, this.#system.serverNow(), this.#cooling),
      ...(restUntil && { restUntil }),
    }))
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
   * when another token is current.
   */
  async deposit(escrow: Escrow): Promise<boolean> {
    for (let tries = 1; tries <= MAX_DEPOSITS; tries++) {
      const version = await this.readAgain()
      if (version === undefined) return false
      if (holdsEscrow(version.record, escrow)) return true
      const next = depositEscrow(version.record, escrow)
      if (next === undefined) return false
      const result = await this.#records.move(version, next)
      if (result.kind === 'unreachable') return false
      if (result.kind === 'refused') {
        await this.#system.sleep(PAUSE_MILLISECONDS)
      }
    }
    return false
  }

  /** The record as it is now, as far as it can be read. */
  async readAgain(): Promise<RecordVersion | undefined> {
    const version = await this.#readOrNothing()
    if (version !== undefined) this.version = version
    return version
  }

  /** Whether others may consider this run dead by now. */
  isLeaseOver(): boolean {
    return (
      this.#confirmed === undefined ||
      this.#system.millisecondsSince(this.#confirmed) >= LEASE_MILLISECONDS
    )
  }

  async #readOrNothing(): Promise<RecordVersion | undefined> {
    try {
      return await this.#records.read()
    } catch {
      return undefined
    }
  }

  #accept(version: RecordVersion): void {
    this.version = version
    this.#written = version.revision
    this.#confirmed = this.#system.mark()
  }
}
