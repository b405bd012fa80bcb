import type { RotationRecord } from './record.ts'

export interface Cooling {
  /** How long the old token works after a refresh; 0 without a grace period. */
  readonly graceSeconds: number
}

const LONG_AGO = new Date(0)
/** A token request may take 120 s; the rest is for clock differences. */
const COOLING_SECONDS = 150
/** One attempt to write a secret takes at most 12 s, and a fence follows it. */
const REST_SECONDS = 60
/** Unless it confirms the record, an owner counts as dead after this. */
const LEASE_SECONDS = 30 * 60
/** The longest wait of the protocol, the lease, and a difference of clocks. */
const FARTHEST_SECONDS = LEASE_SECONDS + 60

export function restFrom(time: Date): Date {
  return after(time, REST_SECONDS)
}

export function coolFrom(time: Date, { graceSeconds }: Cooling): Date {
  // Within its window the old token only appears to be valid.
  return after(time, COOLING_SECONDS + graceSeconds)
}

/** When a run that last confirmed its claim then no longer counts as alive. */
export function leaseEnd(heldSince: Date): Date {
  return after(heldSince, LEASE_SECONDS)
}

/** Whether anything that the protocol waits for can end that late. */
export function isFar(
  end: Date,
  now: Date,
  { graceSeconds }: Cooling,
): boolean {
  return end > after(now, FARTHEST_SECONDS + graceSeconds)
}

/** A wait that no run can have written is over: nobody may be kept away for ever. */
export function withoutFarTimes(
  record: RotationRecord,
  now: Date,
  cooling: Cooling,
): RotationRecord {
  const { restUntil, claim, ...rest } = record
  const isFarAway = (end: Date): boolean => isFar(end, now, cooling)
  return {
    ...rest,
    ...(restUntil && !isFarAway(restUntil) && { restUntil }),
    ...(claim && {
      claim: {
        ...claim,
        ...(isFarAway(leaseEnd(claim.heldSince)) && { heldSince: LONG_AGO }),
        ...(isFarAway(claim.coolUntil) && { coolUntil: LONG_AGO }),
      },
    }),
  }
}

function after(time: Date, seconds: number): Date {
  return new Date(time.getTime() + seconds * 1000)
}
