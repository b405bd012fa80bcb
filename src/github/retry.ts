import type { Failure } from '../rotation/outcome/errors.ts'

/** By name in lower case. */
export type Headers = Readonly<Record<string, string | undefined>>

/** One answer of GitHub, or its absence. */
export type RequestResult =
  | {
      readonly kind: 'answer'
      readonly status: number
      /** GitHub confirms success with this status. */
      readonly isSuccess: boolean
      readonly headers: Headers
      /** The raw `message` of an error, if the body had one: must not be shown. */
      readonly message?: string
      /** The same, safe to show. */
      readonly quoteMessage?: () => string
    }
  | {
      readonly kind: 'no-answer'
      /** An error code, such as ECONNRESET or TimeoutError. */
      readonly reason: string
      /** The server's certificate is not trusted. */
      readonly isUntrusted?: true
    }
  /** No credential was available, so nothing was sent. */
  | { readonly kind: 'no-credential'; readonly failure: Failure }

const FIRST_PAUSE_MILLISECONDS = 250
const LONGEST_PAUSE_MILLISECONDS = 30_000
/** GitHub: without another hint, wait at least one minute. */
const SECONDARY_LIMIT_PAUSE_MILLISECONDS = 60_000

/**
 * How long to wait before sending the same request again; undefined when that would not
 * help. Only for repeatable requests: everything this action sends to GitHub has the
 * same effect when sent twice.
 *
 * @param count how often the request has been sent
 * @param chance at least 0, less than 1: spreads out runs that start together
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
export function pauseBeforeRepeating(
  attempt: RequestResult,
  count: number,
  chance: number,
): number | undefined {
  if (attempt.kind === 'no-credential') return undefined
  if (attempt.kind === 'no-answer') {
    // The run is over and its connections are closed, or the answer would be as long
    // again.
    if (final.has(attempt.reason)) return undefined
    return backOff(count, chance)
  }
  if (isRateLimit(attempt)) {
    return (
      retryAfter(attempt) ??
      untilReset(attempt) ??
      SECONDARY_LIMIT_PAUSE_MILLISECONDS * 2 ** (count - 1)
    )
  }
  return isFromElsewhere(attempt)
    ? (retryAfter(attempt) ?? backOff(count, chance))
    : undefined
}

const final: ReadonlySet<string> = new Set([
  'UND_ERR_DESTROYED',
  'AnswerTooLong',
])

/** The server failed, or something between answered, such as the login of a proxy. */
export function isFromElsewhere({ status, isSuccess }: Answer): boolean {
  return status >= 500 || (status < 400 && !isSuccess)
}

/** GitHub limits rates with 429 or 403, which otherwise means a missing permission. */
export function isRateLimit(attempt: RequestResult): boolean {
  if (attempt.kind !== 'answer') return false
  if (attempt.status === 429) return true
  return (
    attempt.status === 403 &&
    (attempt.headers['retry-after'] !== undefined ||
      attempt.headers['x-ratelimit-remaining'] === '0' ||
      /secondary rate limit/i.test(attempt.message ?? ''))
  )
}

type Answer = Extract<RequestResult, { kind: 'answer' }>

function retryAfter({ headers }: Answer): number | undefined {
  const value = headers['retry-after']
  return value !== undefined && /^\d+$/.test(value)
    ? Number(value) * 1000
    : undefined
}

/** By GitHub's clock, which `x-ratelimit-reset` refers to. */
function untilReset({ headers }: Answer): number | undefined {
  if (headers['x-ratelimit-remaining'] !== '0') return undefined
  const reset = Number(headers['x-ratelimit-reset']) * 1000
  const now = Date.parse(headers['date'] ?? '')
  if (Number.isNaN(reset) || Number.isNaN(now)) return undefined
  return Math.max(reset - now, 0) + 1000
}

function backOff(count: number, chance: number): number {
  const pause = Math.min(
    FIRST_PAUSE_MILLISECONDS * 2 ** (count - 1),
    LONGEST_PAUSE_MILLISECONDS,
  )
  return pause * (0.5 + chance / 2)
}
