import type { StoredVersion } from './stored-version.ts'
import type { LaneKey, TokenKeys } from '../tokens/token-keys.ts'
import type { Unverified } from './record-description.ts'
import type { Escrow, RotationRecord } from './record.ts'
import {
  holdsState,
  openHeir,
  openState,
  unverifiedIn,
  type Heir,
} from './version.ts'
import { withoutFarTimes } from './cooling.ts'

/** The record as the holder of a token sees it: what is authentic for him. */
export interface View {
  /** The newest version, whoever wrote it: the next one replaces it. */
  readonly tip: string | undefined
  /** The newest version that one of the keys has signed. */
  readonly lane?: {
    readonly revision: string
    readonly record: RotationRecord
  }
  /** The token has been replaced, which only its holder can have published. */
  readonly isSpent: boolean
  /** The authentic copies of the token's successor, the newest first. */
  readonly heirs: readonly Heir[]
  /** The states above the lane, the newest first: of other tokens, or of nobody. */
  readonly unverified: readonly Unverified[]
}

/** What a run looks for when it reads the record. */
export interface Reader {
  readonly keys: TokenKeys
  /** Of the successor, once it is known. */
  readonly successor: LaneKey | undefined
  readonly now: Date
  readonly graceSeconds: number
}

/** Whether nothing older than this version can matter. */
export function isDecisive(version: StoredVersion, reader: Reader): boolean {
  return (
    openLane(version, reader) !== undefined || isMarked(version, reader.keys)
  )
}

/**
 * Believes what is authentic, by `docs/protocol.md`, section 5. All else above the lane
 * is noise: whoever may write contents can add to it.
 *
 * @param versions from the tip on, each the parent of the one before
 */
export function viewOf(
  versions: readonly StoredVersion[],
  reader: Reader,
): View {
  const end = versions.findIndex((version) => isDecisive(version, reader))
  const last = end === -1 ? undefined : versions[end]
  const record = last && openLane(last, reader)
  const above = record === undefined ? versions : versions.slice(0, end)
  const heirs = heirsIn(record ? [...above, last] : above, reader, record)
  return {
    tip: versions[0]?.revision,
    isSpent: last !== undefined && record === undefined,
    ...(record && {
      lane: {
        revision: last.revision,
        record: withEscrow(
          withoutFarTimes(record, reader.now, reader),
          heirs[0]?.escrow,
        ),
      },
    }),
    heirs,
    unverified: above.filter(holdsState).map(unverifiedIn),
  }
}

function openLane(
  version: StoredVersion,
  { keys, successor }: Reader,
): RotationRecord | undefined {
  return (
    openState(version, keys) ?? (successor && openState(version, successor))
  )
}

function isMarked(version: StoredVersion, { spent }: TokenKeys): boolean {
  return unverifiedIn(version).spent.includes(spent)
}

/** An heir of an earlier time, put back, is not of this sequence. */
function heirsIn(
  versions: readonly StoredVersion[],
  { keys }: Reader,
  record: RotationRecord | undefined,
): Heir[] {
  return versions
    .flatMap((version) => openHeir(version, keys) ?? [])
    .filter(
      ({ escrow }) =>
        record === undefined ||
        (record.current === keys.id && escrow.sequence === record.sequence),
    )
    .sort((one, other) => other.escrow.at.getTime() - one.escrow.at.getTime())
}

function withEscrow(
  record: RotationRecord,
  escrow: Escrow | undefined,
): RotationRecord {
  if (escrow !== undefined) return { ...record, escrow }
  // A missing copy must not be reported as present.
  return record.block?.credentialState === 'escrowed'
    ? { ...record, block: { ...record.block, credentialState: 'unknown' } }
    : record
}
