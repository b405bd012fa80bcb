import { list, object, text } from '../rotation/description.ts'
import { dataOf, type Answer } from './answer.ts'
import type { Api, RouteParameters } from './api.ts'
import {
  canonicalStore,
  describeHolder,
  describePlace,
  type CurrentRepository,
  type Holder,
  type Place,
  type Store,
} from './places.ts'
import { routes, type Route } from './routes.ts'
import { parametersOf, routesOf } from './store-facts.ts'

export interface Tell {
  readonly warning: (line: string) => void
  readonly info: (line: string) => void
}

interface Named {
  readonly name: string
}

const named = list(object<Named>({ name: text(/^[^\p{Cc}]+$/u) }))
const secretList = object<{ readonly secrets: readonly Named[] }>({
  secrets: named,
})
const environmentList = object<{ readonly environments: readonly Named[] }>({
  environments: named,
})

/** The names of a holder's secrets; undefined when unknown. */
interface Listed {
  readonly holder: Holder
  readonly names: ReadonlySet<string> | undefined
}

/**
 * Checks whether a secret of the running repository, or of one of its environments,
 * takes precedence over an organization secret of the same name: the workflow then
 * reads another secret than the one that is written. Only advisory, so it looks once
 * for all places and never fails.
 *
 * @see https://docs.github.com/en/actions/reference/security/secrets
 */
export class PrecedenceCheck {
  readonly #current: CurrentRepository
  readonly #tell: Tell
  readonly #lists = new Map<string, Promise<Listed[]>>()

  constructor(current: CurrentRepository, tell: Tell) {
    this.#current = current
    this.#tell = tell
  }

  /** @param api that writes the place */
  async check(place: Place, api: Api): Promise<void> {
    if (!this.#isOfCurrentOwner(place.holder)) return
    const id = canonicalStore(place)
    const listing = this.#lists.get(id) ?? this.#list(place.store, api)
    this.#lists.set(id, listing)
    const label = describePlace(place)
    const lists = await listing
    for (const { holder, names } of lists) {
      if (!names?.has(place.name.toUpperCase())) continue
      this.#tell.warning(
        `The ${describeHolder(holder)} has a secret ${place.name} of its own, which takes precedence over the ${label}: workflows that use it read that one instead. Delete it, or name it as the place in the workflow.`,
      )
    }
    if (lists.every(({ names }) => names)) return
    const { owner, repository } = this.#current
    this.#tell.info(
      `${api.credential.label} cannot see all secrets of the repository ${owner}/${repository}, so it is not known whether one of them takes precedence over the ${label}.`,
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

  /** @returns undefined when unknown */
  async #listEnvironments(api: Api): Promise<Holder[] | undefined> {
    const { owner, repository: repo } = this.#current
    const answer = await get(api, routes.listEnvironments, { owner, repo })
    // A repository without any environment has no such page.
    if (answer.kind === 'answer' && answer.status === 404) return []
    return dataOf(answer, environmentList)?.environments.map(({ name }) => ({
      kind: 'environment',
      ...this.#current,
      environment: name,
    }))
  }
}

/** A repository or an environment has at most a hundred secrets: one page. */
async function listNames(
  holder: Holder,
  store: Store,
  api: Api,
): Promise<ReadonlySet<string> | undefined> {
  const { list } = routesOf({ holder, store })
  const answer = await get(api, list, parametersOf(holder))
  const secrets = dataOf(answer, secretList)?.secrets
  return secrets && new Set(secrets.map(({ name }) => name.toUpperCase()))
}

function get(
  api: Api,
  route: Route,
  parameters: RouteParameters,
): Promise<Answer> {
  return api.send({
    route,
    parameters: { ...parameters, per_page: 100 },
    budgetMilliseconds: 0,
  })
}
