import type { Failure } from '../rotation/errors.ts'
import { quote } from '../rotation/foreign-text.ts'
import { formatTime } from '../rotation/time.ts'
import { describeAnswer, type Answer } from './api.ts'
import { describeScope, requiredPermission, type Place } from './places.ts'
import { isRateLimit } from './retry.ts'

export type Access = 'read' | 'write'

/**
 * Says why GitHub did not do what it was asked, and what a person can do about
 * it.
 *
 * @param task continues "GitHub did not let this run ..."
 */
export function explainRefusal(
  place: Place,
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
        remedy:
          "The token in 'github-token' has expired or was revoked: put a new one into its secret.",
      }
    case 403:
    case 404:
      return {
        code: 'PERMISSION_MISSING',
        what,
        remedy: remedyForPermission(place, access, answer),
      }
    default:
      return {
        code: 'SECRET_REFUSED',
        what,
        remedy: `Check that the ${describeScope(place)} can hold this secret.`,
      }
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
  place: Place,
  access: Access,
  { status, headers, message }: Refusal,
): string {
  const { key, title } = requiredPermission(place)
  const scope = describeScope(place)
  const accepted = headers['x-accepted-github-permissions']
  return [
    `The token in 'github-token' needs the permission "${title}" (${key}: ${access}) for the ${scope}${
      accepted ? `; GitHub would have accepted: ${quote(accepted, [])}` : ''
    }.`,
    // GitHub hides what a token may not see, so both causes look the same.
    ...(status === 404 ? [`Or the ${scope} does not exist.`] : []),
    ...(message?.includes('by integration')
      ? ['The built-in GITHUB_TOKEN can never write secrets.']
      : []),
  ].join(' ')
}
