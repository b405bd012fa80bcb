import type { Quote } from '../rotation/outcome/foreign-text.ts'
import type { RefreshResult } from '../rotation/ports.ts'
import { SecretValue } from '../rotation/tokens/secret-value.ts'
import type { ReplyShape } from './provider.ts'
import {
  describeError,
  isClientError,
  isInvalidGrant,
  readError,
  type ReplyError,
} from './token-reply-error.ts'
import {
  nonEmptyString,
  readText,
  type Fields,
  type ReplyText,
} from './token-reply-text.ts'
import { isLifetimeOdd, readTimes } from './token-reply-times.ts'
import { findTokens, type Found } from './token-search.ts'

/** What the token endpoint returned, not yet judged. */
export interface RawReply {
  readonly status: number
  readonly body: Uint8Array
  /** False when the connection ended before the body did. */
  readonly isComplete: boolean
  /** The `Date` header, if it was readable. */
  readonly date?: Date
  /** The `Retry-After` header as it came. */
  readonly retryAfter?: string
}

/**
 * Says what a reply of the token endpoint means. The tokens are extracted from the
 * bytes first, and only then is the reply judged: a new refresh token is kept whatever
 * is wrong with the rest, because the old one is spent. Never throws.
 *
 * @param quote makes the server's words safe to show
 * @param shape how this provider differs from the standard
 * @param presented the refresh token of the request, which may come back
 * @see https://www.rfc-editor.org/rfc/rfc6749.html#section-5
 */
export function readTokenReply(
  reply: RawReply,
  quote: Quote,
  shape: ReplyShape = {},
  presented?: SecretValue,
): RefreshResult {
  const text = readText(reply.body, reply.isComplete)
  const error = readError(text, shape)
  const isEcho = (token: string): boolean =>
    presented?.equals(new SecretValue(token.trim())) === true
  const found = findTokens(text, shape, isEcho)
  return isIssued(reply, text, error, found, presented)
    ? issued(reply, text, error, found, shape)
    : refused(reply, text, error, found, shape, quote)
}

function isIssued(
  { status }: RawReply,
  { isWhole, isPage }: ReplyText,
  { isError }: ReplyError,
  { refreshToken, accessToken, isQuoted }: Found,
  presented: SecretValue | undefined,
): boolean {
  const isSuccess = status >= 200 && status < 300
  // Pages and refusals are written for people and may contain examples.
  if (isPage || (isQuoted && status >= 400 && status < 500)) return false
  const isEcho = refreshToken !== undefined && presented?.equals(refreshToken)
  if (refreshToken !== undefined && accessToken !== undefined) {
    // A server, or a gateway before it, that returns a complete pair with a 500 has
    // spent the old token. So has one that names an error, unless it refuses the
    // request.
    return isError ? (isSuccess || status >= 500) && !isEcho : true
  }
  if (refreshToken !== undefined) return isSuccess && !isError && !isEcho
  // Without a refresh token, only a whole reply says that there is no new one: the
  // missing rest may have held it.
  return accessToken !== undefined && isSuccess && !isError && isWhole
}

function issued(
  reply: RawReply,
  { fields, isForm }: ReplyText,
  { isError }: ReplyError,
  { refreshToken, accessToken, holder, isMisplaced, isTrimmed }: Found,
  shape: ReplyShape,
): RefreshResult {
  const places = [...(holder ? [holder] : []), ...(fields ? [fields] : [])]
  return {
    kind: 'issued',
    tokens: {
      ...(refreshToken && { refreshToken }),
      ...(accessToken && { accessToken }),
      ...readTimes(places, shape, reply.date),
    },
    defects: [
      ...(reply.status === (shape.successStatus ?? 200)
        ? []
        : [`its status was ${reply.status}`]),
      ...(reply.isComplete ? [] : ['it was cut short']),
      ...(fields === undefined
        ? ['it was not a JSON object; the tokens were extracted from it']
        : defectsOf(places, shape, { isError, isForm, isMisplaced })),
      ...(isTrimmed
        ? ['a token had white space around it, which was removed']
        : []),
    ],
  }
}

function defectsOf(
  places: readonly Fields[],
  shape: ReplyShape,
  has: { isError: boolean; isForm: boolean; isMisplaced: boolean },
): string[] {
  const defects: string[] = []
  if (has.isForm) defects.push('it was form-encoded, not JSON')
  if (has.isMisplaced) defects.push('its tokens were in an unexpected place')
  if (has.isError) defects.push('it named an error as well')
  const hasType = places.some((fields) => nonEmptyString(fields['token_type']))
  if (!hasType && !shape.hasNoTokenType) defects.push('it had no token_type')
  if (isLifetimeOdd(places, shape)) {
    defects.push('its expires_in was not a number of seconds')
  }
  return defects
}

/** Sorts a reply without tokens by what it says about the old one. */
function refused(
  reply: RawReply,
  { fields }: ReplyText,
  error: ReplyError,
  { accessToken }: Found,
  shape: ReplyShape,
  quote: Quote,
): RefreshResult {
  const { status } = reply
  const { code } = error
  const answer = describe(reply, fields, error, quote)
  const isSuccess = status >= 200 && status < 300
  // A good reply that also names an error, or one that only looks good.
  const isContradictory =
    accessToken !== undefined || (isSuccess && !error.isError)
  if (status >= 500 || isContradictory) return { kind: 'indeterminate', answer }
  if (isInvalidGrant(error, shape)) return { kind: 'invalid-grant', answer }
  if (isClientError(error, shape)) {
    return { kind: 'refused', reason: 'client', answer }
  }
  if (code === 'use_dpop_nonce') {
    return { kind: 'refused', reason: 'nonce', answer }
  }
  if (code === 'unsupported_grant_type') {
    return { kind: 'refused', reason: 'request', answer }
  }
  if (status === 429) {
    const retryAfterSeconds = readRetryAfter(reply)
    return {
      kind: 'refused',
      reason: 'limit',
      answer,
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    }
  }
  const isOAuth = nonEmptyString(fields?.['error']) !== undefined
  if (!isOAuth && shape.invalidGrantStatuses?.includes(status)) {
    return { kind: 'invalid-grant', answer }
  }
  if (
    !error.isError &&
    code === undefined &&
    [404, 405, 415].includes(status)
  ) {
    return { kind: 'refused', reason: 'request', answer }
  }
  // Also a 4xx with any other error: node-oidc-provider, for one, spends the refresh
  // token before it checks `resource` and answers invalid_target.
  return { kind: 'indeterminate', answer }
}

/** Seconds, or an HTTP date counted from the `Date` of the reply. */
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
  error: ReplyError,
  quote: Quote,
): string {
  return [
    `HTTP ${reply.status}`,
    ...describeError(error, fields, quote),
    ...(fields ? [] : [`without a JSON object (${reply.body.length} bytes)`]),
    ...(reply.retryAfter
      ? [`with Retry-After: ${quote(reply.retryAfter)}`]
      : []),
    ...(reply.isComplete ? [] : ['cut short']),
  ].join(' ')
}
