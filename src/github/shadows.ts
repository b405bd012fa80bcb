import type { Answer, Api } from './api.ts'
import {
  describeHolder,
  describePlace,
  type CurrentRepository,
  type Holder,
  type Place,
} from './places.ts'
import { secretsEndpoint } from './store-facts.ts'

/** Who hears of it. */
export interface Tell {
  readonly warning: (line: string) => void
  readonly info: (line: string) => void
}

/**
 * Looks whether a secret of the running repository, or of one of its
 * environments, stands before an organization secret of the same name: the
 * workflow then reads another secret than the one that is written. Only a help,
 * so it takes one look and never fails.
 *
 * @see https://docs.github.com/en/actions/reference/security/secrets
 */
export class Shadows {
  readonly #current: CurrentRepository
  readonly #api: Api
  readonly #tell: Tell

  constructor(current: CurrentRepository, api: Api, tell: Tell) {
    this.#current = current
    this.#api = api
    this.#tell = tell
  }

  async look(place: Place): Promise<void> {
    if (!this.#isOfCurrentOwner(place.holder)) return
    const environments =
      place.store === 'actions' ? await this.#listEnvironments() : []
    const holders: Holder[] = [
      { kind: 'repository', ...this.#current },
      ...(environments ?? []).map((environment) => ({
        kind: 'environment' as const,
        ...this.#current,
        environment,
      })),
    ]
    const found = await Promise.all(
      holders.map(async (holder) => ({
        holder,
        isThere: await this.#isThere({ ...place, holder }),
      })),
    )
    for (const { holder, isThere } of found) {
      if (isThere !== true) continue
      this.#tell.warning(
        `The ${describeHolder(holder)} has a secret ${place.name} of its own, which stands before the ${describePlace(place)}: workflows that use it read that one instead. Delete it, or name it in the workflow as the place.`,
      )
    }
    const isUnknown =
      environments === undefined ||
      found.some(({ isThere }) => isThere === undefined)
    if (!isUnknown) return
    this.#tell.info(
      `${this.#api.credential.label} may not see all secrets of the repository ${this.#current.owner}/${this.#current.repository}, so whether one of them stands before the ${describePlace(place)} is not known.`,
    )
  }

  #isOfCurrentOwner(holder: Holder): boolean {
    return (
      holder.kind === 'organization' &&
      holder.organization.toLowerCase() === this.#current.owner.toLowerCase()
    )
  }

  /** @returns undefined when nobody says */
  async #listEnvironments(): Promise<string[] | undefined> {
    const { owner, repository: repo } = this.#current
    const answer = await this.#get('/repos/{owner}/{repo}/environments', {
      owner,
      repo,
      per_page: 100,
    })
    // A repository without any environment has no such page.
    if (answer.kind === 'answer' && answer.status === 404) return []
    const { environments } = (answer.data ?? {}) as {
      environments?: readonly { name: string }[]
    }
    return environments?.map(({ name }) => name)
  }

  async #isThere(place: Place): Promise<boolean | undefined> {
    const { route, parameters } = secretsEndpoint(place)
    const answer = await this.#get(`${route}/{secret_name}`, {
      ...parameters,
      secret_name: place.name,
    })
    if (answer.kind !== 'answer') return undefined
    if (answer.status === 404) return false
    return answer.status === 200 ? true : undefined
  }

  #get(
    path: string,
    parameters: Readonly<Record<string, unknown>>,
  ): Promise<Answer> {
    const route = `GET ${path}`
    return this.#api.send({ route, parameters, budgetMilliseconds: 0 })
  }
}
