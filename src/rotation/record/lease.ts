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
  /** Somebody else has the record now. */
  | { readonly kind: 'not-ours' }
  /** Nobody knows whether the record was written. */
  | { readonly kind: 'unreachable'; readonly failure: Failure }

/** After this long without word from the record, somebody may have taken it. */
const UNCONFIRMED_MILLISECONDS = 60_000
/** Without word from the Actions API an owner is taken for dead after this. */
export const LEASE_MILLISECONDS = 30 * 60_000
const MAX_TRIES = 5
/** There is no other place left for this token, so it outlasts a crowd. */
const MAX_DEPOSITS = 20
const PAUSE_MILLISECONDS = 1000

/**
 * The record as one run sees and moves it. Every change is a compare-and-swap
 * from the version that this run read last, so it proves that nobody else has
 * changed it since.
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

  /** The record that this run holds. */
  get record(): RotationRecord {
    if (this.version === undefined) throw new TypeError('no record yet')
    return this.version.record
  }

  /**
   * Held to refresh. A hand-out is not meant: main and its post step have one name,
   * and the post step must not touch what main has committed.
   */
  get isHeld(): boolean {
    const record = this.version?.record
    return (
      record !== undefined &&
      isHeldBy(record, this.owner) &&
      record.claim?.isForDistribution !== true
    )
  }

  /** Held, or written last by this run with nobody after it, as far as it knows. */
  get #isOurs(): boolean {
    return (
      this.isHeld ||
      (this.version !== undefined && this.version.revision === this.#written)
    )
  }

  /**
   * Takes the record from the very version that was read. Whoever else read that
   * one and comes later is refused, and so is this run when it comes later.
   */
  async take(record: RotationRecord): Promise<Moved> {
    const result = await this.#records.move(this.version, record)
    if (result.kind === 'refused') return { kind: 'not-ours' }
    if (result.kind === 'unreachable') return result
    this.#accept(result.version)
    return { kind: 'moved' }
  }

  /**
   * Makes what {@link take} is going to send, while there is time.
   *
   * @returns why the record could not be written, if that is known
   */
  prepareToTake(record: RotationRecord): Promise<Failure | undefined> {
    return this.#records.prepare(this.version, record)
  }

  /**
   * Moves the record on while this run holds it. Another run may put a sealed
   * copy into escrow at any time; that does not take the record away.
   */
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
      // A read that lags shows the version that was just refused.
      if (version === undefined || version.revision === refused) {
        await this.#system.sleep(PAUSE_MILLISECONDS)
      }
    }
    return { kind: 'not-ours' }
  }

  /**
   * Whether the record is still ours, proven by a fence where the last proof is
   * old. A read would prove nothing: reads lag.
   *
   * @param isUrgent the post step has begun beside this process
   */
  async confirm(isUrgent: boolean): Promise<Moved> {
    // What others see is when it was claimed or fenced, not when that was heard of:
    // this machine may have been frozen between the two.
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

  /** @param restUntil to be left behind, whatever becomes of the record */
  fence(restUntil?: Date): Promise<Moved> {
    return this.move((record) => ({
      ...fence(record, this.#system.serverNow(), this.#cooling),
      ...(restUntil && { restUntil }),
    }))
  }

  /**
   * Stops until a person, or a fresh token in the secret, comes.
   *
   * @param change what else is to be different from then on
   */
  block(
    reason: Pick<Block, 'credentialState' | 'code'>,
    change = (record: RotationRecord): RotationRecord => record,
  ): Promise<Moved> {
    return this.move((record) =>
      block(change(record), reason, this.#system.serverNow()),
    )
  }

  /**
   * Puts a sealed copy into escrow on whatever version there is: a run that has
   * lost the record but holds the newest token must save it all the same.
   *
   * @returns whether the copy was seen in the record afterwards. It is not put
   * there when the record says that another token counts.
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

  /** What the record is now, as far as it can be read. */
  async readAgain(): Promise<RecordVersion | undefined> {
    const version = await this.#readOrNothing()
    if (version !== undefined) this.version = version
    return version
  }

  /** Whether so much time has passed that others may take this run for dead. */
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
