import type { Failure } from '../outcome/errors.ts'
import type { Mark, MoveResult, RecordStore, System } from '../ports.ts'
import type { StoredVersion } from './stored-version.ts'
import type { LaneKey, TokenKeys } from '../tokens/token-keys.ts'
import { leaseEnd, type Cooling } from './cooling.ts'
import {
  isHeldBy,
  type Block,
  type Escrow,
  type Owner,
  type RotationRecord,
} from './record.ts'
import { block, fence, isSameCopy } from './transitions.ts'
import type { VersionContent } from './stored-version.ts'
import { escrowVersion, makeEscrow, signVersion } from './version.ts'
import { isDecisive, viewOf, type Reader, type View } from './view.ts'

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
/** So many versions are looked at for an authentic one. */
const MAX_DEPTH = 32
/** The token has no other place left, so this outlasts heavy contention. */
const MAX_DEPOSITS = 20
const PAUSE_MILLISECONDS = 1000

/** Whether a run that last confirmed its claim then still counts as alive. */
export function isLeaseRunning(heldSince: Date, now: Date): boolean {
  return now < leaseEnd(heldSince)
}

export interface LeaseOptions {
  readonly owner: Owner
  readonly keys: TokenKeys
  readonly records: RecordStore
  readonly system: System
  readonly cooling: Cooling
}

interface Prepared {
  readonly record: RotationRecord
  readonly content: VersionContent
}

const nothing: View = {
  tip: undefined,
  isSpent: false,
  heirs: [],
  unverified: [],
}

/**
 * The record as one run sees and moves it. Every change is a compare-and-swap from the
 * version read last, which proves that nothing has changed since, and is signed with
 * the key of the token that is current then.
 */
export class RecordLease {
  readonly owner: Owner
  readonly #keys: TokenKeys
  readonly #records: RecordStore
  readonly #system: System
  readonly #cooling: Cooling
  #view: View | undefined
  /** The holder of the token that was issued for ours. */
  #successor: LaneKey | undefined
  #prepared: Prepared | undefined
  #confirmed: Mark | undefined
  /** The version that this run wrote last. */
  #written: string | undefined

  constructor({ owner, keys, records, system, cooling }: LeaseOptions) {
    this.owner = owner
    this.#keys = keys
    this.#records = records
    this.#system = system
    this.#cooling = cooling
  }

  /** @throws RotationError `unchanged` when the record cannot be read */
  async read(): Promise<View> {
    const reader = this.#reader
    let depth = 0
    const versions = await this.#records.read((version) => {
      depth += 1
      return depth === MAX_DEPTH || isDecisive(version, reader)
    })
    this.#view = viewOf(versions, this.#reader)
    return this.#view
  }

  get view(): View {
    return this.#view ?? nothing
  }

  /** The authentic record; unset before there is one. */
  get lane(): RotationRecord | undefined {
    return this.view.lane?.record
  }

  get record(): RotationRecord {
    if (this.lane === undefined) throw new TypeError('no record yet')
    return this.lane
  }

  /** The key of the token that is current in the record. */
  get key(): LaneKey {
    return this.#keyOf(this.record)
  }

  /**
   * Adds something for people to a record that nobody holds. Whoever is faster may go
   * on: then it is left out.
   */
  async annotate(
    change: (record: RotationRecord) => RotationRecord,
  ): Promise<void> {
    const { phase } = this.record
    if (phase !== 'idle' && phase !== 'blocked') return
    await this.#records.move(this.view.tip, this.#sign(change(this.record)))
  }

  /** From now on, this run can also write what only the successor's holder can. */
  inherit(successor: LaneKey): void {
    this.#successor = successor
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
    const prepared = this.#prepared
    const before = this.view
    const result = await this.#records.move(
      before.tip,
      prepared?.record === record ? prepared.content : this.#sign(record),
    )
    if (result.kind !== 'refused') return this.#settle(result, record)
    return { kind: 'not-ours', isRun: await this.#wasRun(before) }
  }

  /**
   * Anybody can have been faster; only the holder of the same token is a run, and only
   * by what was added: a record that was set back shows old versions of his.
   */
  async #wasRun(before: View): Promise<boolean> {
    for (let tries = 1; tries <= MAX_TRIES; tries++) {
      const added = await this.#readAbove(before.tip)
      if (added !== undefined) {
        const { isSpent, lane, heirs } = viewOf(added, this.#reader)
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
   * What was put above a version: nothing where it is no longer there, and undefined
   * where nothing new is seen.
   */
  async #readAbove(
    revision: string | undefined,
  ): Promise<readonly StoredVersion[] | undefined> {
    let depth = 0
    try {
      const versions = await this.#records.read((version) => {
        depth += 1
        return (
          depth === MAX_DEPTH ||
          version.revision === revision ||
          version.parent === revision
        )
      })
      if (versions[0]?.revision === revision) return undefined
      const last = versions.at(-1)
      return last !== undefined && last.parent === revision ? versions : []
    } catch {
      return undefined
    }
  }

  /** Prepares {@link take}; returns why the record could not be written, if known. */
  prepareToTake(record: RotationRecord): Promise<Failure | undefined> {
    const content = this.#sign(record)
    this.#prepared = { record, content }
    return this.#records.prepare(this.view.tip, content)
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
      const record = next(this.record)
      const { tip } = this.view
      const result = await this.#records.move(tip, this.#sign(record))
      if (result.kind !== 'refused') return this.#settle(result, record)
      const view = await this.readAgain()
      // A lagging read shows the version that was just refused.
      if (view === undefined || view.tip === tip) {
        await this.#system.sleep(PAUSE_MILLISECONDS)
      }
    }
    return { kind: 'not-ours', isRun: !this.isOurs }
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

  /** Seals the key of the token that was issued for ours into the copy of it. */
  toEscrow(copy: Pick<Escrow, 'sealed' | 'sequence'>): Escrow {
    const successor = this.#successor
    if (successor === undefined) throw new TypeError('no successor yet')
    return makeEscrow(
      {
        ...copy,
        replaces: this.#keys.id,
        token: successor.id,
        at: this.#system.serverNow(),
      },
      this.#keys,
      successor,
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
      const result = await this.#records.move(view.tip, escrowVersion(escrow))
      if (result.kind === 'unreachable') return false
      isPut ||= result.kind === 'moved'
      if (result.kind === 'refused') {
        await this.#system.sleep(PAUSE_MILLISECONDS)
      }
    }
    return false
  }

  /** The record as it is now, as far as it can be read. */
  async readAgain(): Promise<View | undefined> {
    try {
      return await this.read()
    } catch {
      return undefined
    }
  }

  /** Whether others may consider this run dead by now. */
  isLeaseOver(): boolean {
    return (
      this.#confirmed === undefined ||
      leaseEnd(new Date(0)).getTime() <=
        this.#system.millisecondsSince(this.#confirmed)
    )
  }

  get #reader(): Reader {
    return {
      keys: this.#keys,
      successor: this.#successor,
      now: this.#system.serverNow(),
      graceSeconds: this.#cooling.graceSeconds,
    }
  }

  #sign(record: RotationRecord): VersionContent {
    return signVersion(record, this.view.tip, this.#keyOf(record))
  }

  #keyOf({ current }: RotationRecord): LaneKey {
    const key = [this.#keys, this.#successor].find(
      (each) => each?.id === current,
    )
    if (key === undefined) throw new TypeError('a record of another token')
    return key
  }

  #settle(
    result: Exclude<MoveResult, { kind: 'refused' }>,
    record: RotationRecord,
  ): Moved {
    if (result.kind === 'unreachable') return result
    const { revision } = result
    this.#view = {
      tip: revision,
      isSpent: false,
      lane: { revision, record },
      heirs: record.escrow ? this.view.heirs : [],
      unverified: [],
    }
    this.#written = revision
    this.#confirmed = this.#system.mark()
    return { kind: 'moved' }
  }
}
