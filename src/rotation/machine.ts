import type { CredentialState, Failure } from './errors.ts'
import type { IssuedTokens, RefreshResult, SecretMetadata } from './ports.ts'
import type { SecretValue } from './secret-value.ts'

/** What is known when the run decides whether to go on. */
export interface Evidence {
  /** The secret that holds the refresh token. */
  readonly authoritative: SecretMetadata | 'missing'
}

/** How a person puts a new refresh token in place, and where. */
export interface ByHand {
  readonly label: string
  readonly replaceCommand: string
}

export type Decision =
  | { readonly kind: 'go-on'; readonly seen: SecretMetadata }
  | { readonly kind: 'stop'; readonly failure: Failure }

/** Decides, before anything is written or spent, whether the run goes on. */
export function decide(evidence: Evidence, byHand: ByHand): Decision {
  if (evidence.authoritative === 'missing') {
    // The token came from somewhere, but not from the place that would be
    // written: every later run would present the old one again.
    return {
      kind: 'stop',
      failure: {
        code: 'SECRET_NOT_FOUND',
        what: `The ${byHand.label} does not exist, or the GitHub token may not see it.`,
        remedy: `Check 'refresh-token-secret': it must name the secret that 'refresh-token' is read from. To create it: \`${byHand.replaceCommand}\`.`,
      },
    }
  }
  return { kind: 'go-on', seen: evidence.authoritative }
}

/** A token reply that brought something. */
export type Issued = {
  readonly tokens: IssuedTokens
  /** What was wrong with the reply nevertheless. */
  readonly defects: readonly string[]
} & (
  | { readonly kind: 'rotated'; readonly refreshToken: SecretValue }
  | { readonly kind: 'not-rotated' }
)

export type Verdict =
  | Issued
  | {
      readonly kind: 'failed'
      readonly failure: Failure
      readonly credentialState: CredentialState
    }

/** Says what one token request means for the credential. */
export function judge(
  result: RefreshResult,
  presented: SecretValue,
  byHand: ByHand,
): Verdict {
  switch (result.kind) {
    case 'issued': {
      const { tokens, defects } = result
      const { refreshToken } = tokens
      return refreshToken === undefined || refreshToken.equals(presented)
        ? { kind: 'not-rotated', tokens, defects }
        : { kind: 'rotated', refreshToken, tokens, defects }
    }
    case 'not-sent':
      return {
        kind: 'failed',
        credentialState: 'unchanged',
        failure: {
          code: 'TOKEN_ENDPOINT_UNAVAILABLE',
          what: `The token request could not be sent: ${result.answer}.`,
          remedy:
            'Run the workflow again when the authorization server can be reached.',
        },
      }
    case 'refused':
      return {
        kind: 'failed',
        credentialState: 'unchanged',
        failure: refusal(result),
      }
    case 'dead':
      return {
        kind: 'failed',
        credentialState: 'lost',
        failure: {
          code: 'REAUTHORIZATION_REQUIRED',
          what: `The authorization server does not accept the refresh token: ${result.answer}.`,
          remedy: `If the ${byHand.label} was written after this run was queued, start a new run: this one was given the old value. Otherwise ${newGrant(byHand)}`,
        },
      }
    case 'in-doubt':
      return {
        kind: 'failed',
        credentialState: 'unknown',
        failure: {
          code: 'TOKEN_REQUEST_INDETERMINATE',
          what: `The token request was sent, but no usable answer came back: ${result.answer}. It was not repeated: the authorization server could take that for a replay.`,
          remedy: `Run the workflow again; if it then reports that the refresh token is not accepted, ${newGrant(byHand)}`,
        },
      }
  }
}

function refusal(result: Extract<RefreshResult, { kind: 'refused' }>): Failure {
  switch (result.reason) {
    case 'client':
      return {
        code: 'CLIENT_AUTHENTICATION_FAILED',
        what: `The authorization server refused the client: ${result.answer}.`,
        remedy:
          "Check 'client-id', 'client-secret' and 'client-auth-method', then run the workflow again.",
      }
    case 'request':
      return {
        code: 'TOKEN_REQUEST_REJECTED',
        what: `The authorization server refused the request before it looked at the refresh token: ${result.answer}.`,
        remedy:
          "Check 'token-endpoint' or 'issuer' and what the client may do, then run the workflow again.",
      }
    case 'limit':
      return {
        code: 'RATE_LIMITED',
        what: `The authorization server limits how often it is asked: ${result.answer}.`,
        remedy: 'Run the workflow again later.',
      }
  }
}

/** The end of a sentence; stands in every error after which the token is gone. */
export function newGrant(byHand: ByHand): string {
  return `obtain a fresh authorization grant and put its refresh token in place by hand: \`${byHand.replaceCommand}\`. Nothing else has to be done.`
}

/**
 * Whether somebody else wrote the secret since this run first looked. What
 * counts is a write later than that look: a read may lag, and then shows a write
 * of an earlier run as new. Two writes in one second cannot be told apart.
 */
export function isWrittenMeanwhile(
  seen: SecretMetadata,
  now: SecretMetadata | 'missing' | undefined,
): boolean {
  if (now === undefined || now === 'missing') return false
  return (
    now.updatedAt > seen.updatedAt &&
    now.updatedAt.getTime() >= wholeSecond(seen.readAt)
  )
}

function wholeSecond(time: Date): number {
  return Math.floor(time.getTime() / 1000) * 1000
}
