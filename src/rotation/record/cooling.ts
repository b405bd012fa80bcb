import type { RotationRecord } from './record.ts'

export interface Cooling {
  /** How long the old token works after a refresh; 0 without a grace period. */
  readonly graceSeconds: number
}

/** A token request may take 120 s; the rest is for clock differences. */
const COOLING_SECONDS = 150
/** One attempt to write a secret takes at most 12 s, and a fence follows it. */
const REST_SECONDS = 60

export function restFrom(time: Date): Date {
  return new Date(time.getTime() + REST_SECONDS * 1000)
}

/** From then on, no write of the secret by the last owner is under way. */
export function restAfter(
  { claim }: RotationRecord,
  { graceSeconds }: Cooling,
): Date | undefined {
  return claim && new Date(claim.coolUntil.getTime() - graceSeconds * 1000)
}

export function coolFrom(time: Date, { graceSeconds }: Cooling): Date {
  // Within its window the old token only appears to be valid.
  return new Date(time.getTime() + (COOLING_SECONDS + graceSeconds) * 1000)
}
