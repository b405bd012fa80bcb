import { quote } from '../rotation/foreign-text.ts'
import type { IssuedTokens, RefreshResult } from '../rotation/ports.ts'
import { SecretValue } from '../rotation/secret-value.ts'

/** What came back from the token endpoint, before anybody has judged it. */
export interface RawReply {
  readonly status: number
  readonly body: Uint8Array
  /** False when the connection ended before the body did. */
  readonly isComplete: boolean
  /** The `Date` header, if there was a readable one. */
  readonly date?: Date
  /** The `Retry-After` header as it came. */
  readonly retryAfter?: string
}

type Fields = Readonly<Record<string, unknown>>

/**
 * Says what a reply of the token endpoint means.
 *
 * The tokens are taken out of the bytes first. Only then is the reply judged: a
 * new refresh token is kept whatever is wrong with the rest, because the old one
 * is dead by then. Never throws.
 *
 * @param secrets what must not show when the server's words are quoted
 * @see https://www.rfc-editor.org/rfc/rfc6749.html#section-5
 */
export function readTokenReply(
  reply: RawReply,
  secrets: readonly SecretValue[],
): RefreshResult {
  const text = new TextDecoder().decode(reply.body)
  const fields = parseObject(text)
  const found = findTokens(text, fields)
  const error = nonEmptyString(fields?.['error'])
  return isIssued(reply, found, fields, error)
    ? {
        kind: 'issued',
        tokens: withTimes(found, fields, reply.date),
        defects: defectsOf(reply, fields, error),
      }
    : refused(reply, fields, error, secrets)
}

function isIssued(
  { status }: RawReply,
  { refreshToken, accessToken }: Found,
  fields: Fields | undefined,
  error: string | undefined,
): boolean {
  const isWhole =
    fields !== undefined && accessToken !== undefined && error === undefined
  const isSuccess = status >= 200 && status < 300
  // Without a refresh token only a whole reply says that there is no new one: the
  // rest of one that was cut short may have held it. A server that says 500 and
  // hands out a complete pair all the same has spent the old token.
  return isSuccess
    ? refreshToken !== undefined || isWhole
    : refreshToken !== undefined && isWhole
}

function parseObject(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Fields)
      : undefined
  } catch {
    return undefined
  }
}

type Found = Pick<IssuedTokens, 'refreshToken' | 'accessToken'>

function tokensIn(fields: Fields): Found {
  const refreshToken = nonEmptyString(fields['refresh_token'])
  const accessToken = nonEmptyString(fields['access_token'])
  return {
    ...(refreshToken && { refreshToken: new SecretValue(refreshToken) }),
    ...(accessToken && { accessToken: new SecretValue(accessToken) }),
  }
}

function findTokens(text: string, fields: Fields | undefined): Found {
  const found = fields ? tokensIn(fields) : {}
  const isEmpty = !found.refreshToken && !found.accessToken
  return isEmpty ? salvage(text) : found
}

/**
 * Finds complete token strings wherever they are: in a reply that was cut short,
 * or one that wraps its fields in others. A string without its closing quote is
 * not complete.
 */
function salvage(text: string): Found {
  const fields: Record<string, unknown> = {}
  for (const name of ['refresh_token', 'access_token']) {
    const match = new RegExp(`"${name}"\\s*:\\s*("(?:[^"\\\\]|\\\\.)*")`, 's')
    const literal = match.exec(text)?.[1]
    if (literal === undefined) continue
    try {
      fields[name] = JSON.parse(literal)
    } catch {
      // Not a JSON string after all, so not a token.
    }
  }
  return tokensIn(fields)
}

function withTimes(
  found: Found,
  fields: Fields | undefined,
  date: Date | undefined,
): IssuedTokens {
  const expiresInSeconds = readSeconds(fields?.['expires_in'])
  return {
    ...found,
    ...(expiresInSeconds !== undefined && { expiresInSeconds }),
    ...(date && { issuedAt: date }),
  }
}

/** A number, or the same as a string, as PayPal sends it; anything else: unknown. */
function readSeconds(value: unknown): number | undefined {
  const seconds =
    typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  return typeof seconds === 'number' &&
    Number.isFinite(seconds) &&
    seconds > 0 &&
    seconds < MAX_LIFETIME_SECONDS
    ? seconds
    : undefined
}

/** A century; what is more than that was not meant as seconds from now. */
const MAX_LIFETIME_SECONDS = 100 * 365 * 24 * 60 * 60

function defectsOf(
  reply: RawReply,
  fields: Fields | undefined,
  error: string | undefined,
): string[] {
  const defects: string[] = []
  if (reply.status !== 200) defects.push(`its status was ${reply.status}`)
  if (!reply.isComplete) defects.push('it was cut short')
  if (fields === undefined) {
    defects.push('it was not a JSON object; the tokens were taken out of it')
    return defects
  }
  if (error !== undefined) defects.push('it named an error as well')
  const type = nonEmptyString(fields['token_type'])
  if (type === undefined) defects.push('it had no token_type')
  if (
    fields['expires_in'] !== undefined &&
    readSeconds(fields['expires_in']) === undefined
  ) {
    defects.push('its expires_in was not a number of seconds')
  }
  return defects
}

/** Sorts a reply without tokens by what it says about the fate of the old one. */
function refused(
  reply: RawReply,
  fields: Fields | undefined,
  error: string | undefined,
  secrets: readonly SecretValue[],
): RefreshResult {
  const answer = describe(reply, fields, error, secrets)
  if (reply.status >= 500) return { kind: 'in-doubt', answer }
  if (error === 'invalid_grant') return { kind: 'dead', answer }
  if (error === 'invalid_client') {
    return { kind: 'refused', reason: 'client', answer }
  }
  if (error === 'unsupported_grant_type') {
    return { kind: 'refused', reason: 'request', answer }
  }
  if (reply.status === 429) {
    const retryAfterSeconds = readRetryAfter(reply)
    return {
      kind: 'refused',
      reason: 'limit',
      answer,
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    }
  }
  if (error === undefined && [404, 405, 415].includes(reply.status)) {
    return { kind: 'refused', reason: 'request', answer }
  }
  // Also a 4xx with any other error: node-oidc-provider, for one, spends the
  // refresh token before it checks `resource` and answers invalid_target.
  return { kind: 'in-doubt', answer }
}

/** Seconds, or the time of an HTTP date from the `Date` of the reply on. */
function readRetryAfter({ retryAfter, date }: RawReply): number | undefined {
  if (retryAfter === undefined) return undefined
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter)
  const until = Date.parse(retryAfter)
  return date === undefined || Number.isNaN(until)
    ? undefined
    : Math.max(Math.ceil((until - date.getTime()) / 1000), 0)
}

function describe(
  reply: RawReply,
  fields: Fields | undefined,
  error: string | undefined,
  secrets: readonly SecretValue[],
): string {
  const description = nonEmptyString(fields?.['error_description'])
  return [
    `HTTP ${reply.status}`,
    ...(error ? [quote(error, secrets)] : []),
    ...(description ? [`("${quote(description, secrets)}")`] : []),
    ...(fields || error ? [] : ['without a JSON object']),
    ...(reply.retryAfter
      ? [`with Retry-After: ${quote(reply.retryAfter, secrets)}`]
      : []),
    ...(reply.isComplete ? [] : ['cut short']),
  ].join(' ')
}

function nonEmptyString(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
