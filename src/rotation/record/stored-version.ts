import type { Escrow, RotationRecord } from './record.ts'

export const VERSION = 3

/** A version of the record as it is stored: a state, a sealed copy, or both. */
export type VersionContent = { readonly version: typeof VERSION } & (
  { readonly escrow: Escrow } | (RotationRecord & { readonly mac: string })
)

/** One version of the record: the basis of a compare-and-swap. */
export interface StoredVersion {
  /** The store's name for it. */
  readonly revision: string
  /** The version that it replaced; unset for the first one. */
  readonly parent?: string
  /** What is in it, whoever wrote it; undefined when it is not JSON. */
  readonly content: unknown
}
