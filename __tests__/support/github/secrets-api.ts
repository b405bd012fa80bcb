import type { Operation } from './openapi.ts'
import type { SecretBody, SecretStore, StoredSecret } from './secret-store.ts'

export interface Repository {
  readonly id: number
  readonly owner: string
  readonly name: string
  readonly isPrivate: boolean
  readonly secrets: SecretStore
  readonly environments: Map<string, SecretStore>
}

export interface Answer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface SecretsRequest {
  readonly method: string
  readonly body: string
  readonly operation: Operation
  readonly query: URLSearchParams
  readonly apiUrl: string
}

/** GitHub's shape of an error. */
export function error(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return {
    status,
    headers,
    body: {
      message,
      documentation_url: 'https://docs.github.com/rest',
      status: String(status),
    },
  }
}

/** Does what an authorized request asks for, the same in every scope. */
export function answerSecretsRequest(
  request: SecretsRequest,
  store: SecretStore,
  repositories: readonly Repository[],
): Answer {
  const { method, operation } = request
  const name = operation.parameters['secret_name']
  if (operation.id.endsWith('public-key')) {
    return { status: 200, body: { key_id: store.keyId, key: store.publicKey } }
  }
  if (name === undefined) return list(request, store)
  if (method === 'PUT' && !operation.id.includes('selected-repo')) {
    return put(request, store, name)
  }
  const secret = store.get(name)
  if (secret === undefined) return error(404, 'Not Found')
  if (operation.id.includes('selected-repo')) {
    return selectRepositories(request, store, name, secret, repositories)
  }
  if (method === 'DELETE') {
    store.delete(name)
    return { status: 204 }
  }
  return { status: 200, body: describeSecret(name, secret, request) }
}

function list(request: SecretsRequest, { secrets }: SecretStore): Answer {
  return {
    status: 200,
    body: {
      total_count: secrets.size,
      secrets: page([...secrets], request.query).map(([name, secret]) =>
        describeSecret(name, secret, request),
      ),
    },
  }
}

function put(
  { body, operation }: SecretsRequest,
  store: SecretStore,
  name: string,
): Answer {
  if (/^GITHUB_|^[0-9]|[^A-Z0-9_]/i.test(name)) {
    return error(
      422,
      'Secret names can only contain alphanumeric characters ([a-z], [A-Z], [0-9]) or underscores (_). Spaces are not allowed. Must start with a letter ([a-z], [A-Z]) or underscores (_).',
    )
  }
  const fields = JSON.parse(body) as SecretBody
  const isOrganization = operation.parameters['org'] !== undefined
  if (isOrganization && fields.visibility === undefined) {
    return error(422, 'Invalid request.\n\n"visibility" wasn\'t supplied.')
  }
  const result = store.put(name, fields)
  if (result === 'created') return { status: 201, body: {} }
  if (result === 'updated') return { status: 204 }
  return error(422, result.refusal)
}

function selectRepositories(
  { method, operation, query, apiUrl }: SecretsRequest,
  store: SecretStore,
  name: string,
  secret: StoredSecret,
  repositories: readonly Repository[],
): Answer {
  const selected = new Set(secret.selectedRepositoryIds)
  if (method === 'GET') {
    const shown = repositories.filter(({ id }) => selected.has(id))
    return {
      status: 200,
      body: {
        total_count: shown.length,
        repositories: page(shown, query).map((repository) =>
          describeRepository(repository, apiUrl),
        ),
      },
    }
  }
  if (secret.visibility !== 'selected') return error(409, 'Conflict')
  const id = Number(operation.parameters['repository_id'])
  if (method === 'PUT') selected.add(id)
  else selected.delete(id)
  store.secrets.set(name.toUpperCase(), {
    ...secret,
    selectedRepositoryIds: selected,
  })
  return { status: 204 }
}

function page<T>(all: readonly T[], query: URLSearchParams): readonly T[] {
  const size = Math.min(Number(query.get('per_page') ?? 30), 100)
  const first = (Number(query.get('page') ?? 1) - 1) * size
  return all.slice(first, first + size)
}

function describeSecret(
  name: string,
  { createdAt, updatedAt, visibility }: StoredSecret,
  { apiUrl, operation }: SecretsRequest,
): object {
  const { org } = operation.parameters
  return {
    name: name.toUpperCase(),
    created_at: toSeconds(createdAt),
    updated_at: toSeconds(updatedAt),
    ...(org !== undefined && { visibility }),
    ...(visibility === 'selected' && {
      selected_repositories_url: `${apiUrl}/orgs/${org}/actions/secrets/${name}/repositories`,
    }),
  }
}

function toSeconds(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z')
}

const repositoryLinks = [
  ...['archive', 'assignees', 'blobs', 'branches', 'collaborators', 'comments'],
  ...['commits', 'compare', 'contents', 'contributors', 'deployments'],
  ...['downloads', 'events', 'forks', 'git_commits', 'git_refs', 'git_tags'],
  ...['hooks', 'html', 'issue_comment', 'issue_events', 'issues', 'keys'],
  ...['labels', 'languages', 'merges', 'milestones', 'notifications', 'pulls'],
  ...['releases', 'stargazers', 'statuses', 'subscribers', 'subscription'],
  ...['tags', 'teams', 'trees'],
].map((link) => `${link}_url`)

const ownerLinks = [
  ...['avatar', 'events', 'followers', 'following', 'gists', 'html'],
  ...['organizations', 'received_events', 'repos', 'starred', 'subscriptions'],
].map((link) => `${link}_url`)

/** A "minimal repository", with everything that GitHub's schema requires. */
function describeRepository(
  { id, owner, name, isPrivate }: Repository,
  apiUrl: string,
): object {
  const url = `${apiUrl}/repos/${owner}/${name}`
  const ownerUrl = `${apiUrl}/users/${owner}`
  return {
    ...Object.fromEntries(repositoryLinks.map((link) => [link, url])),
    url,
    id,
    node_id: `R_${id}`,
    name,
    full_name: `${owner}/${name}`,
    private: isPrivate,
    fork: false,
    description: null,
    owner: {
      ...Object.fromEntries(ownerLinks.map((link) => [link, ownerUrl])),
      url: ownerUrl,
      login: owner,
      id: 1,
      node_id: 'O_1',
      gravatar_id: '',
      type: 'Organization',
      site_admin: false,
    },
  }
}
