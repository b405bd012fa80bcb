import {
  error,
  page,
  toSeconds,
  type Answer,
  type ApiRequest,
} from './answer.ts'
import { storeNameOf } from './needs.ts'
import { describeRepository, type Repository } from './repository.ts'
import type { SecretBody, SecretStore, StoredSecret } from './secret-store.ts'

/** Does what an authorized request asks for, the same in every scope. */
export function answerSecretsRequest(
  request: ApiRequest,
  store: SecretStore,
  repositories: readonly Repository[],
): Answer {
  const { method, operation } = request
  const name = operation.parameters['secret_name']
  if (operation.id.includes('public-key')) {
    return { status: 200, body: { key_id: store.keyId, key: store.publicKey } }
  }
  if (name === undefined) return list(request, store)
  const isSelection = /selected-repo|repositor/.test(operation.id)
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
  { method, operation, query, body, apiUrl }: ApiRequest,
  store: SecretStore,
  name: string,
  secret: StoredSecret,
  repositories: readonly Repository[],
): Answer {
  const { org, repository_id: repositoryId } = operation.parameters
  let selected = new Set(secret.selectedRepositoryIds)
  if (method === 'GET') {
    const shown = repositories.filter(({ id }) => selected.has(id))
    // The list of a person's secret has no pages.
    const shownNow = org === undefined ? shown : page(shown, query)
    return {
      status: 200,
      body: {
        total_count: shown.length,
        repositories: shownNow.map((repository) =>
          describeRepository(repository, apiUrl),
        ),
      },
    }
  }
  if (secret.visibility !== 'selected') return error(409, 'Conflict')
  if (repositoryId === undefined) {
    const fields = JSON.parse(body) as { selected_repository_ids: number[] }
    selected = new Set(fields.selected_repository_ids)
  } else if (method === 'PUT') selected.add(Number(repositoryId))
  else selected.delete(Number(repositoryId))
  store.secrets.set(name.toUpperCase(), {
    ...secret,
    selectedRepositoryIds: selected,
  })
  return { status: 204 }
}

function describeSecret(
  name: string,
  { createdAt, updatedAt, visibility }: StoredSecret,
  { apiUrl, operation }: ApiRequest,
): object {
  const { org, owner } = operation.parameters
  const home = org === undefined ? 'user' : `orgs/${org}`
  const url = `${apiUrl}/${home}/${storeNameOf(operation.id)}/secrets/${name}`
  return {
    name: name.toUpperCase(),
    created_at: toSeconds(createdAt),
    updated_at: toSeconds(updatedAt),
    // A repository's own secrets are for it alone.
    ...(owner === undefined && { visibility }),
    ...(owner === undefined &&
      visibility === 'selected' && {
        selected_repositories_url: `${url}/repositories`,
      }),
  }
}
