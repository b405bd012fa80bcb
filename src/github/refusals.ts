import type { Failure, RotationErrorCode } from '../rotation/errors.ts'
import { quote } from '../rotation/foreign-text.ts'
import { formatTime } from '../rotation/time.ts'
import { describeAnswer, type Answer } from './api.ts'
import {
  describeScope,
  requiredPermission,
  type Permission,
  type Place,
} from './places.ts'
import { isRateLimit } from './retry.ts'

export type Access = 'read' | 'write'

/** What a request was about, for somebody who has to find out why it failed. */
export interface Subject {
  /** Who holds it, as a person would name that. */
  readonly holder: string
  readonly permission: Permission
  /** The input that the token came from. */
  readonly tokenInput: string
  /** What is said where nothing else is known. */
  readonly otherwise: {
    readonly code: RotationErrorCode
    readonly remedy: string
  }
}

export function secretsOf(place: Place): Subject {
  return {
    holder: describeScope(place),
    permission: requiredPermission(place),
    tokenInput: 'github-token',
    otherwise: {
      code: 'SECRET_REFUSED',
      remedy: `Check that the ${describeScope(place)} can hold this secret.`,
    },
  }
}

/**
 * Says why GitHub did not do what it was asked, and what a person can do about
 * it.
 *
 * @param task continues "GitHub did not let this run ..."
 */
export function explainRefusal(
  subject: Subject,
  access: Access,
  task: string,
  answer: Answer,
): Failure {
  if (answer.kind === 'answer' && answer.status < 300) {
    return {
      code: 'GITHUB_UNAVAILABLE',
      what: `GitHub let this run ${task}, but the answer was not what GitHub documents.`,
      remedy: "Check 'github-api-url', then run the workflow again.",
    }
  }
  const what = `GitHub did not let this run ${task}: it ${describeAnswer(answer)}.`
  if (answer.kind === 'no-answer' || answer.status >= 500) {
    return {
      code: 'GITHUB_UNAVAILABLE',
      what,
      remedy: 'Run the workflow again when GitHub can be reached.',
    }
  }
  if (isRateLimit(answer)) {
    return { code: 'RATE_LIMITED', what, remedy: remedyForLimit(answer) }
  }
  switch (answer.status) {
    case 401:
      return {
        code: 'CREDENTIAL_REJECTED',
        what,
        remedy: `The token in '${subject.tokenInput}' has expired or was revoked: put a new one into its secret.`,
      }
    case 403:
    case 404:
      return {
        code: 'PERMISSION_MISSING',
        what,
        remedy: remedyForPermission(subject, access, answer),
      }
    default:
      return { what, ...subject.otherwise }
  }
}

type Refusal = Extract<Answer, { kind: 'answer' }>

function remedyForLimit({ headers }: Refusal): string {
  const reset = new Date(Number(headers['x-ratelimit-reset']) * 1000)
  return headers['x-ratelimit-remaining'] === '0' &&
    !Number.isNaN(reset.getTime())
    ? `Run the workflow again after ${formatTime(reset)}.`
    : 'Run the workflow again later.'
}

function remedyForPermission(
  { holder, permission: { key, title }, tokenInput }: Subject,
  access: Access,
  { status, headers, message }: Refusal,
): string {
  const accepted = headers['x-accepted-github-permissions']
  const isJobToken = tokenInput === 'record-token'
  return [
    `The token in '${tokenInput}' needs the permission "${title}" (${key}: ${access}) for the ${holder}${
      accepted ? `; GitHub would have accepted: ${quote(accepted, [])}` : ''
    }.`,
    // GitHub hides what a token may not see, so both causes look the same.
    ...(status === 404 ? [`Or the ${holder} does not exist.`] : []),
    ...(isJobToken
      ? [
          `The token of the job gets it from \`permissions: ${key}: ${access}\` in the workflow.`,
        ]
      : message?.includes('by integration')
        ? ['The built-in GITHUB_TOKEN can never write secrets.']
        : []),
  ].join(' ')
}
