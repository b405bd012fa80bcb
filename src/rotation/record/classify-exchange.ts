import { isInsideGrace, type ClassFacts } from './rotation-class.ts'
import type { Failure } from '../outcome/errors.ts'
import type { IssuedTokens, RefreshResult } from '../ports.ts'
import type { RotationRecord } from './record.ts'
import type { SecretValue } from '../tokens/secret-value.ts'

/** A token reply that contained tokens. */
export type Issued = {
  readonly tokens: IssuedTokens
  readonly defects: readonly string[]
} & (
  | { readonly kind: 'rotated'; readonly refreshToken: SecretValue }
  | { readonly kind: 'not-rotated' }
)

export type AfterRefresh =
  | Issued
  | { readonly kind: 'repeat'; readonly pauseMilliseconds: number }
  /** This request spent nothing. */
  | { readonly kind: 'unspent'; readonly failure: Failure }
  | { readonly kind: 'invalid-grant'; readonly answer: string }
  | { readonly kind: 'indeterminate'; readonly answer: string }

/** How often each kind of answer has come in this run, including this one. */
export interface Tries {
  readonly notSent: number
  readonly limited: number
  readonly indeterminate: number
  readonly nonces: number
}

const MAX_NOT_SENT = 3
const MAX_INDETERMINATE = 4
const PAUSE_MILLISECONDS = 1000
/** A longer wait only keeps the job busy; the next run is not far away. */
const LONGEST_RETRY_AFTER_SECONDS = 60

/** Says what one token request means, and whether to send another. */
export function classifyExchange(
  result: RefreshResult,
  presented: SecretValue,
  tries: Tries,
  facts: ClassFacts,
  record: RotationRecord,
  now: Date,
): AfterRefresh {
  switch (result.kind) {
    case 'issued': {
      const { tokens, defects } = result
      const { refreshToken } = tokens
      return refreshToken === undefined || refreshToken.equals(presented)
        ? { kind: 'not-rotated', tokens, defects }
        : { kind: 'rotated', refreshToken, tokens, defects }
    }
    case 'not-sent':
      return tries.notSent < MAX_NOT_SENT
        ? again(PAUSE_MILLISECONDS * tries.notSent)
        : { kind: 'unspent', failure: notSent(result.answer) }
    case 'refused': {
      if (result.reason === 'nonce' && tries.nonces === 1) return again(0)
      const seconds = result.retryAfterSeconds
      return result.reason === 'limit' &&
        tries.limited === 1 &&
        seconds !== undefined &&
        seconds <= LONGEST_RETRY_AFTER_SECONDS
        ? again(seconds * 1000)
        : { kind: 'unspent', failure: refused(result) }
    }
    case 'invalid-grant':
      return result
    case 'indeterminate':
      return mayRepeatIndeterminate(tries.indeterminate, facts, record, now)
        ? again(PAUSE_MILLISECONDS * 2 ** (tries.indeterminate - 1))
        : result
  }
}

function again(pauseMilliseconds: number): AfterRefresh {
  return { kind: 'repeat', pauseMilliseconds }
}

/** With most providers a second request is a replay, so the class decides. */
function mayRepeatIndeterminate(
  count: number,
  { rotationClass, graceSeconds }: ClassFacts,
  record: RotationRecord,
  now: Date,
): boolean {
  switch (rotationClass) {
    case 'strict':
      return false
    case 'grace':
      return count === 1 && isInsideGrace(record, now, graceSeconds)
    case 'confirm-on-use':
    case 'non-rotating':
      return count < MAX_INDETERMINATE
  }
}

function notSent(answer: string): Failure {
  return {
    code: 'TOKEN_ENDPOINT_UNAVAILABLE',
    what: `The token request could not be sent: ${answer}.`,
    remedy:
      'Run the workflow again when the authorization server can be reached.',
  }
}

function refused(result: Extract<RefreshResult, { kind: 'refused' }>): Failure {
  switch (result.reason) {
    case 'client':
      return {
        code: 'CLIENT_AUTHENTICATION_FAILED',
        what: `The authorization server refused the client: ${result.answer}.`,
        remedy:
          "Check 'client-id', 'client-auth-method' and what the client authenticates with, such as 'client-secret', then run the workflow again.",
      }
    case 'request':
      return {
        code: 'TOKEN_REQUEST_REJECTED',
        what: `The authorization server refused the request before it looked at the refresh token: ${result.answer}.`,
        remedy:
          "Check 'token-endpoint' or 'issuer' and what the client is allowed to do, then run the workflow again.",
      }
    case 'nonce':
      return {
        code: 'CLIENT_AUTHENTICATION_FAILED',
        what: `The authorization server did not accept the DPoP nonce that it had provided: ${result.answer}.`,
        remedy: 'Run the workflow again.',
      }
    case 'limit':
      return {
        code: 'RATE_LIMITED',
        what: `The authorization server limits the rate of requests: ${result.answer}.`,
        remedy: 'Run the workflow again later.',
      }
  }
}
