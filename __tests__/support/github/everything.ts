import type { Repository } from './repository.ts'
import type { SecretStore } from './secret-store.ts'
import type { StoreName, Stores } from './stores.ts'

/** All that there is, by its name in lower case. */
export interface Everything {
  readonly repositories: ReadonlyMap<string, Repository>
  readonly organizations: ReadonlyMap<string, Stores>
  /** The Codespaces secrets of octocat, whose all personal tokens are. */
  readonly userSecrets: SecretStore
}

/**
 * Finds the store of a scope such as `repository:acme/web/dependabot`.
 *
 * @throws when there is none
 */
export function findStore(
  scope: string,
  { repositories, organizations, userSecrets }: Everything,
): SecretStore {
  const text = scope.toLowerCase()
  const [, fullName = '', environment, inRepository = 'actions'] =
    /^repository:([^/]+\/[^/]+)(?:\/environment:(.+)|\/(\w+))?$/.exec(text) ??
    []
  const [, login = '', inOrganization = 'actions'] =
    /^organization:([^/]+)(?:\/(\w+))?$/.exec(text) ?? []
  const repository = repositories.get(fullName)
  const store =
    text === 'user/codespaces'
      ? userSecrets
      : environment === undefined
        ? (repository?.stores[inRepository as StoreName] ??
          organizations.get(login)?.[inOrganization as StoreName])
        : repository?.environments.get(environment)?.secrets
  if (store === undefined) throw new Error(`no store ${scope}`)
  return store
}
