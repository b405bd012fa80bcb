import type { RotationRecord } from './record.ts'

/** What a refresh does to the old refresh token. */
export const rotationClasses = [
  'strict',
  'grace',
  'confirm-on-use',
  'non-rotating',
] as const

export type RotationClass = (typeof rotationClasses)[number]

export interface ClassFacts {
  readonly rotationClass: RotationClass
  /** Of class `grace` only, otherwise 0. */
  readonly graceSeconds: number
}

/**
 * Whether a request sent now falls into the window in which the old token works.
 * Counted from the first claim on it, which is before any request; after a fence it is
 * unknown what was sent when.
 */
export function isInsideGrace(
  { claim }: RotationRecord,
  now: Date,
  graceSeconds: number,
): boolean {
  if (claim === undefined || claim.fencedAt !== undefined) return false
  return now.getTime() < claim.firstAt.getTime() + graceSeconds * 1000
}
