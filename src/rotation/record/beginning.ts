import type { Unverified } from './record-description.ts'
import type { Owner, RotationRecord } from './record.ts'
import { KEPT_MARKS } from './transitions.ts'

/** A record that says that it is older than that was not written by a run. */
const SANE_SEQUENCE = 1_000_000_000

export interface Beginning {
  /** The id of the presented token. */
  readonly current: string
  readonly place: string
  readonly pendingPlaces: readonly string[]
  /** What was there before, of another grant or of nobody. */
  readonly unverified: readonly Unverified[]
}

/**
 * A first record of the presented token. From what others have written it takes only
 * what can do no harm: marks, which name nobody but those who have published them, and
 * the count.
 */
export function beginRecord({
  current,
  place,
  pendingPlaces,
  unverified,
}: Beginning): RotationRecord {
  const sequence = unverified[0]?.sequence
  return {
    phase: 'idle',
    sequence:
      sequence === undefined || sequence > SANE_SEQUENCE ? 0 : sequence + 1,
    current,
    spent: [...new Set(unverified.flatMap(({ spent }) => spent))].slice(
      0,
      KEPT_MARKS,
    ),
    place,
    pendingPlaces,
    knowsIntrospection: false,
  }
}

/** Holds a record that has just begun, until it is clear where its token came from. */
export function claimToExamine(
  record: RotationRecord,
  owner: Owner,
  now: Date,
  secretUpdatedAt: Date,
): RotationRecord {
  return {
    ...record,
    phase: 'examining',
    claim: {
      owner,
      heldSince: now,
      firstAt: now,
      updatedAt: secretUpdatedAt,
      coolUntil: now,
      // With a copy of its successor, the token has been sent.
      isIndeterminate: record.escrow !== undefined,
    },
  }
}
