import { error, type Answer, type ApiRequest } from './answer.ts'
import { describeRefusal, type Credential } from './credential.ts'
import { answerGitRequest } from './git-api.ts'
import type { Repository } from './repository.ts'
import { answerRunsRequest } from './runs-api.ts'
import type { SecretStore } from './secret-store.ts'
import { answerSecretsRequest } from './secrets-api.ts'

/** All that there is, by its name in lower case. */
export interface Everything {
  readonly repositories: ReadonlyMap<string, Repository>
  readonly organizations: ReadonlyMap<string, SecretStore>
}

/** What an operation is about, and what it takes. */
interface Target {
  readonly permission: string
  /** It belongs to what the token was made for. */
  readonly isGranted: boolean
  /** Anybody may read it. */
  readonly isPublic: boolean
  readonly answer: (request: ApiRequest) => Answer
}

/** Does what is asked for, if the token sees it and may do it. */
export function answerIfAllowed(
  request: ApiRequest,
  credential: Credential,
  everything: Everything,
): Answer {
  const target = findTarget(request, credential, everything)
  if (target === undefined) return error(404, 'Not Found')
  const access = request.method === 'GET' ? 'read' : 'write'
  const accepted = {
    'x-accepted-github-permissions': `${target.permission}=${access}`,
  }
  const granted = target.isGranted && credential.permissions[target.permission]
  const isAllowed =
    granted === 'write' ||
    granted === access ||
    (target.isPublic && access === 'read')
  if (!isAllowed) {
    return error(403, describeRefusal(credential.kind), accepted)
  }
  const answer = target.answer(request)
  return { ...answer, headers: { ...accepted, ...answer.headers } }
}

/** What is meant, or undefined when the token cannot see it. */
function findTarget(
  { operation: { id, parameters } }: ApiRequest,
  { repositories, organizations = [] }: Credential,
  everything: Everything,
): Target | undefined {
  const { owner, repo, org, environment_name: environment } = parameters
  const secretsIn = (
    store: SecretStore | undefined,
    permission: string,
    isGranted: boolean,
  ): Target | undefined =>
    store && {
      permission,
      isGranted,
      isPublic: false,
      answer: (request) =>
        answerSecretsRequest(request, store, [
          ...everything.repositories.values(),
        ]),
    }

  if (org !== undefined) {
    return includes(organizations, org)
      ? secretsIn(
          everything.organizations.get(org.toLowerCase()),
          'organization_secrets',
          true,
        )
      : undefined
  }
  const fullName = `${owner}/${repo}`
  const repository = everything.repositories.get(fullName.toLowerCase())
  const isGranted = includes(repositories, fullName)
  if (repository === undefined || (repository.isPrivate && !isGranted)) {
    return undefined
  }
  const isPublic = !repository.isPrivate
  if (id.startsWith('git/')) {
    return {
      permission: 'contents',
      isGranted,
      isPublic,
      answer: (request) => answerGitRequest(request, repository.git),
    }
  }
  if (id === 'actions/get-workflow-run-attempt') {
    return {
      permission: 'actions',
      isGranted,
      isPublic,
      answer: (request) => answerRunsRequest(request, repository),
    }
  }
  return environment === undefined
    ? secretsIn(repository.secrets, 'secrets', isGranted)
    : secretsIn(
        repository.environments.get(environment.toLowerCase()),
        'environments',
        isGranted,
      )
}

function includes(names: readonly string[], name: string): boolean {
  return names.some((each) => each.toLowerCase() === name.toLowerCase())
}
