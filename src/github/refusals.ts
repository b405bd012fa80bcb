import type { Failure, RotationErrorCode } from '../rotation/outcome/errors.ts'
import { formatTime } from '../rotation/outcome/time.ts'
import { describeAnswer, type Answer } from './answer.ts'
import type { Api } from './api.ts'
import type { Credential } from './credential.ts'
import { isFromElsewhere, isRateLimit } from './retry.ts'
import type { Permission } from './store-facts.ts'

export type AccessLevel = 'read' | 'write'

/** What a request was about, for somebody who has to find out why it failed. */
export interface Subject {
  /** Whose it is, as a person would name that. */
  readonly holder: string
  readonly permission: Permission
  /** What a classic token needs instead. */
  readonly classicScope: string
  /** Set where some servers do not have such a thing at all. */
  readonly feature?: string
  /** What is said where nothing else is known. */
  readonly otherwise: {
    readonly code: RotationErrorCode
    readonly remedy: string
  }
}

/** Whose requests they were, and to which GitHub. */
type Asker = Pick<Api, 'credential' | 'webUrl' | 'quote'>

/**
 * Says why GitHub did not do what it was asked, and what a person can do about
 * it.
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

/** Of what this action asks for, all that `permissions:` in a workflow can give. */
const forJobTokens: ReadonlySet<string> = new Set(['contents', 'actions'])

type Refusal = Extract<Answer, { kind: 'answer' }>

function remedyForLimit({ headers }: Refusal): string {
  const reset = new Date(Number(headers['x-ratelimit-reset']) * 1000)
  return headers['x-ratelimit-remaining'] === '0' &&
    !Number.isNaN(reset.getTime())
    ? `Run the workflow again after ${formatTime(reset)}.`
    : 'Run the workflow again later.'
}

/** The token itself is not accepted, whatever was asked for. */
function remedyForCredential({ kind, label, page }: Credential): string {
  return kind === 'app'
    ? `${label} was revoked, or the App was suspended meanwhile: ${page}. Then run the workflow again.`
    : `${label} has expired or was revoked: make a new one and put it into its secret (${page}).`
}

/**
 * The same where GitHub said nothing about what was asked: it could not be asked,
 * had no time, or did what it was asked in an odd way.
 */
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
        ? "GitHub gives no such answer: check 'github-api-url' and what stands between the runner and GitHub, such as a proxy with a login page. Then run the workflow again."
        : 'Run the workflow again when GitHub can be reached.',
  }
}

/** Such an answer is not about what was asked for. */
function isTransient(answer: Refusal): boolean {
  return answer.isSuccess || isFromElsewhere(answer) || isRateLimit(answer)
}

function describeRefusal(task: string, answer: Answer): string {
  return `GitHub did not let this run ${task}: it ${describeAnswer(answer)}.`
}

/** Servers of one's own lack some kinds of secrets. */
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
    what: `GitHub Enterprise Server ${quote(version)} has no ${feature} secrets, so there are none of the ${holder}.`,
    remedy: 'Nothing was spent. Take these places out of the workflow.',
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
    return `Let the address of this runner into the IP allow list of the ${holder}, or use a runner whose address is in it.`
  }
  if (headers['x-github-sso']?.startsWith('required')) {
    return `${credential.label} has to be authorized for the single sign-on of the ${holder}: "Configure SSO" at ${credential.page}.`
  }
  if (credential.kind === 'job' && !forJobTokens.has(subject.permission.key)) {
    return "The token in 'github-token' is also the one in 'record-token', so it is the built-in GITHUB_TOKEN, unless the workflow says otherwise. GITHUB_TOKEN can never write secrets, whatever `permissions:` says: use a fine-grained token, or a GitHub App with 'app-client-id'."
  }
  const expiry = credential.expiresAt
  const accepted = headers['x-accepted-github-permissions']
  return [
    whatIsMissing(subject, credential, access, accepted && quote(accepted)),
    // GitHub hides what a token may not see, so both causes look the same.
    ...(status === 404
      ? [`Or the ${holder} does not exist, or is not one that it may see.`]
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
      return `It gets it from \`permissions: ${key}: ${access}\` in the workflow.`
    case 'installation':
    case 'app':
      return `An App gets it in its settings (${page}, or those of the organization that owns it); then whoever has installed it must accept that.`
    default:
      return `Change it at ${page}.`
  }
}
