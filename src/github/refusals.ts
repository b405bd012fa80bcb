import type { Failure, RotationErrorCode } from '../rotation/outcome/errors.ts'
import { formatTime } from '../rotation/outcome/time.ts'
import { describeAnswer, type Answer } from './answer.ts'
import type { Api } from './api.ts'
import type { Credential } from './credential.ts'
import { isFromElsewhere, isRateLimit } from './retry.ts'
import type { Permission } from './store-facts.ts'

export type AccessLevel = 'read' | 'write'

/** What a request was about, to explain why it failed. */
export interface Subject {
  /** The owner, as a person would name it. */
  readonly holder: string
  readonly permission: Permission
  /** What a classic token needs instead. */
  readonly classicScope: string
  /** Set where some servers lack such secrets entirely. */
  readonly feature?: string
  /** Used when nothing else is known. */
  readonly otherwise: {
    readonly code: RotationErrorCode
    readonly remedy: string
  }
}

/** Whose requests they were, and to which GitHub. */
type Asker = Pick<Api, 'credential' | 'webUrl' | 'quote'>

/**
 * Explains why GitHub refused, and what a person can do about it.
 *
 * @param task continues "GitHub did not let this run ..."
 */
export function explainRefusal(
  subject: Subject,
  asker: Asker,
  access: AccessLevel,
  task: string,
  answer: Answer,
): Failure {
  const what = describeRefusal(task, answer)
  if (answer.kind !== 'answer' || isTransient(answer)) {
    return explainUnanswered(task, answer)
  }
  switch (answer.status) {
    case 401:
      return {
        code: 'CREDENTIAL_REJECTED',
        what,
        remedy: remedyForCredential(asker.credential),
      }
    case 403:
    case 404:
      return (
        withoutFeature(subject, asker, answer) ?? {
          code: 'PERMISSION_MISSING',
          what,
          remedy: remedyForPermission(subject, asker, access, answer),
        }
      )
    default:
      return { what, ...subject.otherwise }
  }
}

/** Of the permissions needed, those that `permissions:` in a workflow can grant. */
const forJobTokens: ReadonlySet<string> = new Set(['contents', 'actions'])

type Refusal = Extract<Answer, { kind: 'answer' }>

function remedyForLimit({ headers }: Refusal): string {
  const reset = new Date(Number(headers['x-ratelimit-reset']) * 1000)
  return headers['x-ratelimit-remaining'] === '0' &&
    !Number.isNaN(reset.getTime())
    ? `Run the workflow again after ${formatTime(reset)}.`
    : 'Run the workflow again later.'
}

/** The credential itself is not accepted, whatever the request. */
function remedyForCredential({ kind, label, page }: Credential): string {
  return kind === 'app'
    ? `${label} was revoked, or the App was suspended in the meantime: check ${page}, then run the workflow again.`
    : `${label} has expired or was revoked: create a new one and put it into its secret (${page}).`
}

/** The same when GitHub could not be asked, had no time, or answered in an odd way. */
export function explainUnanswered(task: string, answer: Answer): Failure {
  if (answer.kind === 'no-credential') return answer.failure
  if (answer.kind === 'answer' && answer.isSuccess) {
    return {
      code: 'GITHUB_UNAVAILABLE',
      what: `GitHub let this run ${task}, but the answer was not what GitHub documents.`,
      remedy: "Check 'github-api-url', then run the workflow again.",
    }
  }
  const what = describeRefusal(task, answer)
  if (answer.kind === 'answer' && isRateLimit(answer)) {
    return { code: 'RATE_LIMITED', what, remedy: remedyForLimit(answer) }
  }
  return {
    code: 'GITHUB_UNAVAILABLE',
    what,
    remedy:
      answer.kind === 'answer' && answer.status < 400
        ? "GitHub does not answer like this: check 'github-api-url' and what is between the runner and GitHub, such as a proxy with a login page. Then run the workflow again."
        : 'Run the workflow again when GitHub can be reached.',
  }
}

/** Such an answer is not about the request. */
function isTransient(answer: Refusal): boolean {
  return answer.isSuccess || isFromElsewhere(answer) || isRateLimit(answer)
}

function describeRefusal(task: string, answer: Answer): string {
  return `GitHub did not let this run ${task}: it ${describeAnswer(answer)}.`
}

/** GitHub Enterprise Server lacks some kinds of secrets. */
function withoutFeature(
  { feature, holder }: Subject,
  { quote }: Asker,
  { status, headers }: Refusal,
): Failure | undefined {
  const version = headers['x-github-enterprise-version']
  if (feature === undefined || version === undefined || status !== 404) {
    return undefined
  }
  return {
    code: 'SECRET_STORE_UNAVAILABLE',
    what: `GitHub Enterprise Server ${quote(version)} has no ${feature} secrets, so the ${holder} has none.`,
    remedy: 'Nothing was spent. Remove these places from the workflow.',
  }
}

function remedyForPermission(
  subject: Subject,
  { credential, webUrl, quote }: Asker,
  access: AccessLevel,
  { status, headers, message = '' }: Refusal,
): string {
  const { holder, feature } = subject
  if (/\bIP allow list\b/i.test(message)) {
    return `Add the address of this runner to the IP allow list of the ${holder}, or use a runner whose address is on it.`
  }
  if (headers['x-github-sso']?.startsWith('required')) {
    return `${credential.label} must be authorized for the single sign-on of the ${holder}: "Configure SSO" at ${credential.page}.`
  }
  if (credential.kind === 'job' && !forJobTokens.has(subject.permission.key)) {
    return "The token in 'github-token' is also the one in 'record-token', so it is the built-in GITHUB_TOKEN, unless the workflow says otherwise. GITHUB_TOKEN can never write secrets, whatever `permissions:` says: use a fine-grained token, or a GitHub App with 'app-client-id'."
  }
  const expiry = credential.expiresAt
  const accepted = headers['x-accepted-github-permissions']
  return [
    whatIsMissing(subject, credential, access, accepted && quote(accepted)),
    // GitHub hides what a token cannot see, so both causes look the same.
    ...(status === 404
      ? [`Or the ${holder} does not exist, or is not visible to it.`]
      : []),
    ...(status === 404 && feature !== undefined && webUrl.host !== 'github.com'
      ? [`Or ${webUrl.host} has no ${feature} secrets.`]
      : []),
    whereToChange(subject, credential, access),
    ...(expiry ? [`It expires ${formatTime(expiry)}.`] : []),
  ].join(' ')
}

function whatIsMissing(
  { holder, permission, classicScope }: Subject,
  { kind, label }: Credential,
  access: AccessLevel,
  accepted: string | undefined,
): string {
  const { key, title, level, isForWritersOnly } = permission
  const hint = accepted ? `; GitHub would have accepted: ${accepted}` : ''
  if (kind === 'classic') {
    return `${label} needs the scope ${classicScope}, and its owner must be an administrator of the ${holder}${hint}.`
  }
  const needed = isForWritersOnly ? 'write' : access
  return `${label} needs the ${level} permission "${title}" (${key}: ${needed}) for the ${holder}${hint}.`
}

function whereToChange(
  { permission: { key } }: Subject,
  { kind, page }: Credential,
  access: AccessLevel,
): string {
  switch (kind) {
    case 'job':
      return `Grant the permission with \`permissions: ${key}: ${access}\` in the workflow.`
    case 'installation':
    case 'app':
      return `Grant the permission to the App in its settings (${page}, or those of the organization that owns it), then accept it for the installation.`
    default:
      return `Change it at ${page}.`
  }
}
