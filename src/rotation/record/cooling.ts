import type { RotationRecord } from './record.ts'

export interface Cooling {
  /** How long the old token works after a refresh; 0 without a grace period. */
  readonly graceSeconds: number
}

/** The deadline of a token request is 120 s; the rest is for clocks. */
const COOLING_SECONDS = 150
/** One attempt to write a secret takes 12 s at most, and a fence follows it. */
const REST_SECONDS = 60

export function restFrom(time: Date): Date {
  return new Date(time.getTime() + REST_SECONDS * 1000)
}

/** When nothing that the last owner has sent to the secret is on its way. */
export function restAfter(
  { claim }: RotationRecord,
  { graceSeconds }: Cooling,
): Date | undefined {
  return claim && new Date(claim.coolUntil.getTime() - graceSeconds * 1000)
}

export function coolFrom(time: Date, { graceSeconds }: Cooling): Date {
  // Inside of its window the old token only looks alive.
  return new Date(time.getTime() + (COOLING_SECONDS + graceSeconds) * 1000)
}
