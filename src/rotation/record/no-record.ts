import type { MoveResult, RecordStore, Runs } from '../ports.ts'
import type { RotationRecord, RecordVersion } from './record.ts'

/**
 * Replaces the record with `record: none`: within one run everything works as with a
 * record, and nothing outlives the run. No lock, no notice of old snapshots, no escrow.
 */
export class NoRecord implements RecordStore {
  #revision = 0

  read(): Promise<RecordVersion | undefined> {
    return Promise.resolve(undefined)
  }

  prepare(): Promise<undefined> {
    return Promise.resolve(undefined)
  }

  move(
    _from: RecordVersion | undefined,
    record: RotationRecord,
  ): Promise<MoveResult> {
    if (record.escrow !== undefined) return Promise.resolve(nowhere)
    this.#revision += 1
    const version = { revision: String(this.#revision), record }
    return Promise.resolve({ kind: 'moved', version })
  }
}

const nowhere: MoveResult = {
  kind: 'unreachable',
  failure: {
    code: 'RECORD_UNAVAILABLE',
    what: 'No record is kept.',
    remedy: "Remove the input 'record'.",
  },
}

/** Without a record, the creation of a run does not matter. */
export const noRuns: Runs = {
  readCreation: () => Promise.resolve(undefined),
  hasEnded: () => Promise.resolve('unknown'),
}
