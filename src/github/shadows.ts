import type { Answer, Api } from './api.ts'
import {
  canonicalStore,
  describeHolder,
  describePlace,
  type CurrentRepository,
  type Holder,
  type Place,
  type Store,
} from './places.ts'
import { secretsEndpoint } from './store-facts.ts'

/** Who hears of it. */
export interface Tell {
  readonly warning: (line: string) => void
  readonly info: (line: string) => void
}

/** The names of a holder's secrets; undefined when nobody says. */
interface Listed {
  readonly holder: Holder
  readonly names: ReadonlySet<string> | undefined
}

/**
 * Looks whether a secret of the running repository, or of one of its
 * environments, stands before an organization secret of the same name: the
 * workflow then reads another secret than the one that is written. Only a help,
 * so it looks once for all places and never fails.
 *
 * @see https://docs.github.com/en/actions/reference/security/secrets
 */
export class Shadows {
  readonly #current: CurrentRepository
  readonly #tell: Tell
  readonly #lists = new Map<string, Promise<Listed[]>>()

  constructor(current: CurrentRepository, tell: Tell) {
    this.#current = current
    this.#tell = tell
  }

  /** @param api that writes the place */
  async look(place: Place, api: Api): Promise<void> {
    if (!this.#isOfCurrentOwner(place.holder)) return
    const id = canonicalStore(place)
    const listing = this.#lists.get(id) ?? this.#list(place.store, api)
    this.#lists.set(id, listing)
    const label = describePlace(place)
    const lists = await listing
    for (const { holder, names } of lists) {
      if (!names?.has(place.name.toUpperCase())) continue
      this.#tell.warning(
        `The ${describeHolder(holder)} has a secret ${place.name} of its own, which stands before the ${label}: workflows that use it read that one instead. Delete it, or name it in the workflow as the place.`,
      )
    }
    if (lists.every(({ names }) => names)) return
    const { owner, repository } = this.#current
    this.#tell.info(
      `${api.credential.label} may not see all secrets of the repository ${owner}/${repository}, so whether one of them stands before the ${label} is not known.`,
    )
  }

  #isOfCurrentOwner(holder: Holder): boolean {
    return (
      holder.kind === 'organization' &&
      holder.organization.toLowerCase() === this.#current.owner.toLowerCase()
    )
  }

  async #list(store: Store, api: Api): Promise<Listed[]> {
    const repository: Holder = { kind: 'repository', ...this.#current }
    const environments =
      store === 'actions' ? await this.#listEnvironments(api) : []
    const lists = await Promise.all(
      [repository, ...(environments ?? [])].map(async (holder) => ({
        holder,
        names: await listNames(holder, store, api),
      })),
    )
    return environments
      ? lists
      : [...lists, { holder: repository, names: undefined }]
  }

  /** @returns undefined when nobody says */
  async #listEnvironments(api: Api): Promise<Holder[] | undefined> {
    const { owner, repository: repo } = this.#current
    const answer = await get(api, '/repos/{owner}/{repo}/environments', {
      owner,
      repo,
    })
    // A repository without any environment has no such page.
    if (answer.kind === 'answer' && answer.status === 404) return []
    const { environments } = (answer.data ?? {}) as {
      environments?: readonly { name: string }[]
    }
    return environments?.map(({ name }) => ({
      kind: 'environment',
      ...this.#current,
      environment: name,
    }))
  }
}

/** A repository or an environment has a hundred secrets at most: one page. */
async function listNames(
  holder: Holder,
  store: Store,
  api: Api,
): Promise<ReadonlySet<string> | undefined> {
  const { route, parameters } = secretsEndpoint({ holder, store })
  const answer = await get(api, route, parameters)
  const { secrets } = (answer.data ?? {}) as {
    secrets?: readonly { name: string }[]
  }
  return secrets && new Set(secrets.map(({ name }) => name.toUpperCase()))
}

function get(
  api: Api,
  path: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  return api.send({
    route: `GET ${path}`,
    parameters: { ...parameters, per_page: 100 },
    budgetMilliseconds: 0,
  })
}
