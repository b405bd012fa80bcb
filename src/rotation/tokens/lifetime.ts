import type { Lifetime } from '../record/record.ts'
import { formatTime } from '../outcome/time.ts'

/** How long a provider's refresh tokens live, as far as that is known. */
export interface LifetimeLimits {
  /** Counted from each rotation. */
  readonly idleSeconds?: number
  /** Counted from the grant; no refresh extends it. */
  readonly absoluteSeconds?: number
}

const DAY_SECONDS = 86_400
/** From here the end is near, for tokens that live for some weeks. */
const LAST_SECONDS = 7 * DAY_SECONDS

/**
 * How long a refresh token lives: by the server's word, else by what is known of the
 * provider; the limit that ends first counts.
 *
 * @param since when the token was issued
 * @param grantSince when its grant was first seen: it may be older
 */
export function lifetimeOf(
  since: Date,
  grantSince: Date,
  { idleSeconds, absoluteSeconds }: LifetimeLimits,
  told: Date | undefined,
): Lifetime | undefined {
  if (told !== undefined) {
    return { since, expiresAt: told, isAbsolute: false }
  }
  const ends = [
    ...(idleSeconds === undefined
      ? []
      : [{ since, expiresAt: after(since, idleSeconds), isAbsolute: false }]),
    ...(absoluteSeconds === undefined
      ? []
      : [
          {
            since: grantSince,
            expiresAt: after(grantSince, absoluteSeconds),
            isAbsolute: true,
          },
        ]),
  ]
  return ends.sort(
    (one, other) => one.expiresAt.getTime() - other.expiresAt.getTime(),
  )[0]
}

/** A warning while there is time; undefined: not yet. */
export function expiryWarning(
  { since, expiresAt, isAbsolute }: Lifetime,
  now: Date,
): string | undefined {
  const whole = (expiresAt.getTime() - since.getTime()) / 1000
  const left = (expiresAt.getTime() - now.getTime()) / 1000
  const isNear = left <= whole / 4
  const isLastWeek = left <= LAST_SECONDS && whole > 2 * LAST_SECONDS
  if (!isNear && !isLastWeek) return undefined
  const end = `${left < 0 ? 'expired' : 'expires'} ${formatTime(expiresAt)}`
  return isAbsolute
    ? `The grant behind the refresh token ${end} at the latest, and no refresh extends that: obtain a fresh authorization grant before then.`
    : `The refresh token ${end} unless it is rotated before then.`
}

function after(time: Date, seconds: number): Date {
  return new Date(time.getTime() + seconds * 1000)
}
