import { error, type Answer, type ApiRequest } from './answer.ts'
import { describeRefusal, isPersonal, type Credential } from './credential.ts'
import { answerEnvironmentsRequest } from './environments-api.ts'
import type { Everything } from './everything.ts'
import { answerGitRequest } from './git-api.ts'
import { needOf, storeNameOf, type Need } from './needs.ts'
import type { Repository } from './repository.ts'
import { answerRunsRequest } from './runs-api.ts'
import type { SecretStore } from './secret-store.ts'
import { answerSecretsRequest } from './secrets-api.ts'

/** What an operation is about. */
interface Target {
  /** Whose it is, if not a person's. */
  readonly owner?: string
  readonly isOrganization?: boolean
  /** It belongs to what the token was made for. */
  readonly isGranted: boolean
  /** Anybody may read it. */
  readonly isPublic?: boolean
  readonly answer: (request: ApiRequest) => Answer
}

/** Does what is asked for, if the token sees it and may do it. */
export function answerIfAllowed(
  request: ApiRequest,
  credential: Credential,
  everything: Everything,
): Answer {
  const need = needOf(request)
  const accepted = describeNeed(need, credential)
  const target = findTarget(request, credential, everything)
  if (target === undefined) {
    return error(
      404,
      'Not Found',
      credential.kind === 'classic' ? accepted : {},
    )
  }
  const refusal = refuse(need, target, credential)
  const answer = refusal ?? target.answer(request)
  return { ...answer, headers: { ...accepted, ...answer.headers } }
}

/** GitHub tells what would have been enough, also to those who have it. */
function describeNeed(
  { permission, level, scopes }: Need,
  { kind }: Credential,
): Record<string, string> {
  return kind === 'classic'
    ? { 'x-accepted-oauth-scopes': scopes.join(', ') }
    : { 'x-accepted-github-permissions': `${permission}=${level}` }
}

function refuse(
  need: Need,
  target: Target,
  credential: Credential,
): Answer | undefined {
  const { owner } = target
  if (credential.needsSso && isPersonal(credential.kind) && owner) {
    const url = `https://github.com/orgs/${owner}/sso?authorization_request=AAAA`
    return error(
      403,
      'Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.',
      { 'x-github-sso': `required; url=${url}` },
    )
  }
  const isAllowed =
    (target.isPublic && need.level === 'read') ||
    (target.isGranted && hasGrant(need, credential))
  return isAllowed ? undefined : error(403, explainRefusal(target, credential))
}

function hasGrant(
  { permission, level, scopes }: Need,
  credential: Credential,
): boolean {
  if (credential.kind === 'classic') {
    return scopes.some((scope) => credential.scopes.includes(scope))
  }
  const granted = credential.permissions[permission]
  return granted === 'write' || granted === level
}

function explainRefusal(
  { isOrganization }: Target,
  { kind }: Credential,
): string {
  if (kind !== 'classic') return describeRefusal(kind)
  return isOrganization
    ? 'You must be an org admin or have the actions secrets fine-grained permission.'
    : 'Must have admin rights to Repository.'
}

/** What is meant, or undefined when the token cannot see it. */
function findTarget(
  { operation: { id, parameters } }: ApiRequest,
  { kind, repositories, organizations = [] }: Credential,
  everything: Everything,
): Target | undefined {
  const { owner, repo, org } = parameters
  const secretsOf = (store: SecretStore) => (request: ApiRequest) =>
    answerSecretsRequest(request, store, [...everything.repositories.values()])

  if (org !== undefined) {
    const stores = everything.organizations.get(org.toLowerCase())
    if (stores === undefined || !includes(organizations, org)) return undefined
    return {
      owner: org,
      isOrganization: true,
      isGranted: true,
      answer: secretsOf(stores[storeNameOf(id)]),
    }
  }
  if (owner === undefined) {
    return {
      // An App acts for no person, whatever it has been granted.
      isGranted: isPersonal(kind),
      answer: secretsOf(everything.userSecrets),
    }
  }
  const fullName = `${owner}/${repo}`
  const repository = everything.repositories.get(fullName.toLowerCase())
  const isGranted = includes(repositories, fullName)
  if (repository === undefined || (repository.isPrivate && !isGranted)) {
    return undefined
  }
  const about = { owner, isGranted }
  const store = secretsIn(repository, id, parameters['environment_name'])
  if (store !== undefined) return { ...about, answer: secretsOf(store) }
  const answer = answerElse(repository, id)
  return answer && { ...about, isPublic: !repository.isPrivate, answer }
}

/** What a repository answers that is not about secrets. */
function answerElse(
  repository: Repository,
  operationId: string,
): Target['answer'] | undefined {
  if (operationId.startsWith('git/')) {
    return (request) => answerGitRequest(request, repository.git)
  }
  switch (operationId) {
    case 'actions/get-workflow-run-attempt':
      return (request) => answerRunsRequest(request, repository)
    case 'repos/get-all-environments':
      return (request) => answerEnvironmentsRequest(request, repository)
    default:
      return undefined
  }
}

function secretsIn(
  { stores, environments }: Repository,
  operationId: string,
  environment: string | undefined,
): SecretStore | undefined {
  if (!/secret|public-key/.test(operationId)) return undefined
  return environment === undefined
    ? stores[storeNameOf(operationId)]
    : environments.get(environment.toLowerCase())?.secrets
}

function includes(names: readonly string[], name: string): boolean {
  return names.some((each) => each.toLowerCase() === name.toLowerCase())
}
