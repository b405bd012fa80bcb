import { error, toSeconds, type Answer, type ApiRequest } from './answer.ts'
import { describeRepository, type Repository } from './repository.ts'
import type { SecretBody, SecretStore, StoredSecret } from './secret-store.ts'

export type { Repository }

/** Does what an authorized request asks for, the same in every scope. */
export function answerSecretsRequest(
  request: ApiRequest,
  store: SecretStore,
  repositories: readonly Repository[],
): Answer {
  const { method, operation } = request
  const name = operation.parameters['secret_name']
  if (operation.id.endsWith('public-key')) {
    return { status: 200, body: { key_id: store.keyId, key: store.publicKey } }
  }
  if (name === undefined) return list(request, store)
  const isSelection = operation.id.includes('selected-repo')
  if (method === 'PUT' && !isSelection) return put(request, store, name)
  const secret =
    method === 'GET' && !isSelection ? store.read(name) : store.get(name)
  if (secret === undefined) return error(404, 'Not Found')
  if (isSelection) {
    return selectRepositories(request, store, name, secret, repositories)
  }
  if (method === 'DELETE') {
    store.delete(name)
    return { status: 204 }
  }
  return { status: 200, body: describeSecret(name, secret, request) }
}

function list(request: ApiRequest, { secrets }: SecretStore): Answer {
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
  { body, operation }: ApiRequest,
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
  { method, operation, query, apiUrl }: ApiRequest,
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
  { apiUrl, operation }: ApiRequest,
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
