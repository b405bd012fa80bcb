import type { Failure } from '../outcome/errors.ts'
import type { MoveResult, RecordStore, System } from '../ports.ts'
import type { LaneKey, TokenKeys } from '../tokens/token-keys.ts'
import type { Cooling } from './cooling.ts'
import type { Escrow, RotationRecord } from './record.ts'
import type { VersionContent } from './stored-version.ts'
import { escrowVersion, makeEscrow, signVersion } from './version.ts'
import { isDecisive, viewOf, type Reader, type View } from './view.ts'

/** So many versions are looked at for an authentic one. */
const MAX_DEPTH = 32

export interface SignedRecordOptions {
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
 * The record as the holder of a token reads and writes it: what counts is signed with
 * the key of the token that is current then. Every write is a compare-and-swap from the
 * version that was read last, whoever wrote that.
 */
export class SignedRecord {
  readonly #keys: TokenKeys
  readonly #records: RecordStore
  readonly #system: System
  readonly #cooling: Cooling
  #view: View | undefined
  /** The holder of the token that was issued for ours. */
  #successor: LaneKey | undefined
  #prepared: Prepared | undefined

  constructor({ keys, records, system, cooling }: SignedRecordOptions) {
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

  /** The record as it is now, as far as it can be read. */
  async readAgain(): Promise<View | undefined> {
    try {
      return await this.read()
    } catch {
      return undefined
    }
  }

  /**
   * What was put above a version, as far as it counts: nothing where that version is no
   * longer there, and undefined where nothing new is seen.
   */
  async readAbove(revision: string | undefined): Promise<View | undefined> {
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
      const isAbove =
        versions.length > 0 && versions.at(-1)?.parent === revision
      return viewOf(isAbove ? versions : [], this.#reader)
    } catch {
      return undefined
    }
  }

  /** Whether it is the presented token that is current in the record. */
  get isOwn(): boolean {
    return this.lane?.current === this.#keys.id
  }

  /** From now on, this run can also write what only the successor's holder can. */
  inherit(successor: LaneKey): void {
    this.#successor = successor
  }

  /** Prepares {@link write}; returns why the record could not be written, if known. */
  prepare(record: RotationRecord): Promise<Failure | undefined> {
    const content = this.#sign(record)
    this.#prepared = { record, content }
    return this.#records.prepare(this.view.tip, content)
  }

  async write(record: RotationRecord): Promise<MoveResult> {
    const prepared = this.#prepared
    const result = await this.#records.move(
      this.view.tip,
      prepared?.record === record ? prepared.content : this.#sign(record),
    )
    if (result.kind === 'moved') {
      const { revision } = result
      this.#view = {
        tip: revision,
        isSpent: false,
        lane: { revision, record },
        heirs: record.escrow ? this.view.heirs : [],
        unverified: [],
      }
    }
    return result
  }

  /** Adds a sealed copy, and no state. */
  append(escrow: Escrow): Promise<MoveResult> {
    return this.#records.move(this.view.tip, escrowVersion(escrow))
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
}
