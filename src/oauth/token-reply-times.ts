import type { IssuedTokens } from '../rotation/ports.ts'
import type { ReplyShape } from './provider.ts'
import { at, type Fields } from './token-reply-text.ts'

/** A century; a larger number was not meant as seconds from now. */
const MAX_LIFETIME_SECONDS = 100 * 365 * 24 * 60 * 60
/** A larger number since 1970 is meant in milliseconds: the year is 5138. */
const MAX_EPOCH_SECONDS = 1e11

type Times = Pick<
  IssuedTokens,
  'expiresInSeconds' | 'refreshTokenExpiresAt' | 'issuedAt'
>

/**
 * Reads how long the tokens live. An implausible time is unknown; no lifetime is worth
 * a token.
 *
 * @param places where the times may be: the whole reply, and beside the tokens
 */
export function readTimes(
  places: readonly Fields[],
  shape: ReplyShape,
  date: Date | undefined,
): Times {
  const expiresInSeconds = readLifetime(places, shape, date)
  const refreshTokenExpiresAt = readRefreshTokenEnd(places, shape, date)
  return {
    ...(expiresInSeconds !== undefined && { expiresInSeconds }),
    ...(refreshTokenExpiresAt && { refreshTokenExpiresAt }),
    ...(date && { issuedAt: date }),
  }
}

/** Whether the lifetime of the access token is present but unreadable. */
export function isLifetimeOdd(
  places: readonly Fields[],
  shape: ReplyShape,
): boolean {
  const value = look(places, [shape.expiresIn, 'expires_in'], (found) => found)
  return value !== undefined && readSeconds(value) === undefined
}

function readLifetime(
  places: readonly Fields[],
  shape: ReplyShape,
  date: Date | undefined,
): number | undefined {
  const names = [shape.expiresIn, 'expires_in', 'expiresIn']
  const told = look(places, names, readSeconds)
  if (told !== undefined) return told
  const milliseconds = look(
    places,
    [shape.expiresInMilliseconds],
    readMilliseconds,
  )
  if (milliseconds !== undefined) return milliseconds / 1000
  const end = look(
    places,
    [shape.expiresAt, 'expires_at', 'expiresAt'],
    readTime,
  )
  return end && date && readSeconds((end.getTime() - date.getTime()) / 1000)
}

function readRefreshTokenEnd(
  places: readonly Fields[],
  shape: ReplyShape,
  date: Date | undefined,
): Date | undefined {
  const seconds = look(
    places,
    [
      shape.refreshTokenExpiresIn,
      'refresh_token_expires_in',
      'refreshTokenExpiresIn',
      'x_refresh_token_expires_in',
      'refresh_expires_in',
    ],
    readSeconds,
  )
  if (seconds !== undefined && date !== undefined) {
    return new Date(date.getTime() + seconds * 1000)
  }
  const end = look(
    places,
    [
      shape.refreshTokenExpiresAt,
      'refresh_token_expires_at',
      'refreshTokenExpiresAt',
    ],
    readTime,
  )
  return end && date && !isAhead(end, date) ? undefined : end
}

/** A past time says nothing, and one in a century is not meant. */
function isAhead(end: Date, date: Date): boolean {
  return readSeconds((end.getTime() - date.getTime()) / 1000) !== undefined
}

/** The first plausible value. */
function look<T>(
  places: readonly Fields[],
  names: readonly (string | undefined)[],
  read: (value: unknown) => T | undefined,
): T | undefined {
  for (const name of names) {
    if (name === undefined) continue
    for (const fields of places) {
      const value = read(at(fields, name))
      if (value !== undefined) return value
    }
  }
  return undefined
}

/**
 * A number, or one as a string, as PayPal sends it. Anything else is unknown, as is the
 * 0 with which Keycloak means no end.
 */
function readSeconds(value: unknown): number | undefined {
  const seconds =
    typeof value === 'string' && /^\d{1,20}$/.test(value)
      ? Number(value)
      : value
  return typeof seconds === 'number' &&
    Number.isFinite(seconds) &&
    seconds > 0 &&
    seconds < MAX_LIFETIME_SECONDS
    ? seconds
    : undefined
}

function readMilliseconds(value: unknown): number | undefined {
  return typeof value === 'number' && readSeconds(value / 1000) !== undefined
    ? value
    : undefined
}

function readTime(value: unknown): Date | undefined {
  const number =
    typeof value === 'string' && /^\d{9,14}$/.test(value)
      ? Number(value)
      : value
  const isDate =
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\d(?:[T ][\d:.]{4,20}(?:Z|[+-]\d\d:?\d\d)?)?$/i.test(value)
  const time =
    typeof number === 'number' && number > 0
      ? number * (number > MAX_EPOCH_SECONDS ? 1 : 1000)
      : isDate
        ? Date.parse(hasZone(value) ? value : `${value}Z`)
        : NaN
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? undefined : date
}

/** A date alone is in UTC by the standard; a time without a zone is not. */
function hasZone(text: string): boolean {
  return /^[\d-]{10}$|(?:Z|[+-]\d\d:?\d\d)$/i.test(text)
}
