import type { MoveResult, RecordStore, Runs } from '../ports.ts'
import type { VersionContent } from './stored-version.ts'

/**
 * Replaces the record with `record: none`: within one run everything works as with a
 * record, and nothing outlives the run. No lock, no notice of old snapshots, no escrow.
 */
export class NoRecord implements RecordStore {
  #revision = 0

  read(): Promise<[]> {
    return Promise.resolve([])
  }

  prepare(): Promise<undefined> {
    return Promise.resolve(undefined)
  }

  move(
    _from: string | undefined,
    { escrow }: VersionContent,
  ): Promise<MoveResult> {
    if (escrow !== undefined) return Promise.resolve(nowhere)
    this.#revision += 1
    const revision = String(this.#revision)
    return Promise.resolve({ kind: 'moved', revision })
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
