import type { Repository } from './repository.ts'
import type { SecretStore, StoredSecret } from './secret-store.ts'

/** Gives the `secrets` context of a job, by the environment that it names. */
export type QueuedRun = (environment?: string) => Record<string, string>

/**
 * The `secrets` context as it is fixed when a run is queued: organization and
 * repository secrets. Environment secrets join when the job starts.
 */
export function queueRun(
  repository: Repository,
  organization: SecretStore | undefined,
): QueuedRun {
  const queued = {
    ...valuesOf(organization, (secret) => isOpenTo(secret, repository)),
    ...valuesOf(repository.secrets),
  }
  return (environment = '') => ({
    ...queued,
    ...valuesOf(
      repository.environments.get(environment.toLowerCase())?.secrets,
    ),
  })
}

function isOpenTo(
  { visibility, selectedRepositoryIds }: StoredSecret,
  { id, isPrivate }: Repository,
): boolean {
  switch (visibility) {
    case 'all':
      return true
    case 'private':
      return isPrivate
    default:
      return selectedRepositoryIds.has(id)
  }
}

function valuesOf(
  store: SecretStore | undefined,
  isReadable: (secret: StoredSecret) => boolean = () => true,
): Record<string, string> {
  return Object.fromEntries(
    [...(store?.secrets ?? [])]
      .filter(([, secret]) => isReadable(secret))
      .map(([name, { value }]) => [name, value]),
  )
}
