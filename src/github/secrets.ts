import { RotationError } from '../rotation/errors.ts'
import type {
  SealedSecret,
  SecretMetadata,
  SecretPlace,
  WriteResult,
} from '../rotation/ports.ts'
import type { SecretValue } from '../rotation/secret-value.ts'
import type { Answer, Api } from './api.ts'
import {
  canonicalPlace,
  canonicalScope,
  describePlace,
  replaceCommand,
  restoreCommand,
  type Place,
} from './places.ts'
import { explainRefusal, secretsOf } from './refusals.ts'
import { Scope, isSuccess } from './scope.ts'
import { seal } from './seal.ts'

/** After the spend the token is lost by giving up: nearly any wait is worth it. */
const STORE_BUDGET_MILLISECONDS = 15 * 60_000

const REPOSITORIES_PER_PAGE = 100

/**
 * Opens the places of one rotation. Those in one scope share its public key.
 *
 * @param probeName the secret that is written and deleted as a proof
 */
export function openPlaces(
  places: readonly Place[],
  api: Api,
  probeName: string,
): SecretPlace[] {
  const scopes = new Map<string, Scope>()
  return places.map((place) => {
    const id = canonicalScope(place)
    const scope = scopes.get(id) ?? new Scope(place, api, probeName)
    scopes.set(id, scope)
    return new GitHubSecret(place, scope)
  })
}

/** Who may read an organization secret. */
interface Audience {
  readonly visibility: string
  /** With visibility `selected` only. */
  readonly repositories: readonly SelectedRepository[]
}

interface SelectedRepository {
  readonly id: number
  readonly name: string
}

class GitHubSecret implements SecretPlace {
  readonly id: string
  readonly label: string
  readonly #place: Place
  readonly #scope: Scope
  #audience: Audience | undefined

  constructor(place: Place, scope: Scope) {
    this.id = canonicalPlace(place)
    this.label = describePlace(place)
    this.#place = place
    this.#scope = scope
  }

  get scope(): string {
    return this.#scope.label
  }

  get replaceCommand(): string {
    return replaceCommand(this.#place) + describeAudience(this.#audience)
  }

  restoreCommand({ body }: SealedSecret): string {
    return restoreCommand(this.#place, body)
  }

  async inspect(): Promise<SecretMetadata | 'missing'> {
    return this.#readMetadata(await this.#get())
  }

  async inspectOnce(): Promise<SecretMetadata | 'missing'> {
    return this.#readMetadata(await this.#get(0))
  }

  async prepare(): Promise<void> {
    await Promise.all([
      this.#scope.fetchKey(),
      ...(this.#place.kind === 'organization' ? [this.#readAudience()] : []),
    ])
  }

  probe(): Promise<void> {
    return this.#scope.probe()
  }

  removeProbe(): Promise<void> {
    return this.#scope.removeProbe()
  }

  seal(value: SecretValue): SealedSecret {
    const { key } = this.#scope
    return {
      body: {
        key_id: key.keyId,
        encrypted_value: seal(value, key),
        ...audienceParameters(this.#audience),
      },
    }
  }

  renewKey(): Promise<void> {
    return this.#scope.fetchKeyAgain()
  }

  async write(
    sealed: SealedSecret,
    mayRepeat: () => Promise<boolean>,
  ): Promise<WriteResult> {
    const answer = await this.#scope.send(
      'PUT',
      '/{secret_name}',
      { secret_name: this.#place.name, ...sealed.body },
      STORE_BUDGET_MILLISECONDS,
      mayRepeat,
    )
    if (isSuccess(answer)) {
      const isNew = answer.kind === 'answer' && answer.status === 201
      return { kind: 'written', isNew, at: answer.date }
    }
    const failure = explainRefusal(
      secretsOf(this.#place),
      'write',
      `write the ${this.label}`,
      answer,
    )
    // GitHub does not document how it refuses what was sealed for an old key.
    const isUnprocessable = answer.kind === 'answer' && answer.status === 422
    return { kind: isUnprocessable ? 'key-refused' : 'refused', failure }
  }

  #get(budgetMilliseconds?: number): Promise<Answer> {
    return this.#scope.send(
      'GET',
      '/{secret_name}',
      { secret_name: this.#place.name },
      budgetMilliseconds,
    )
  }

  #readMetadata(answer: Answer): SecretMetadata | 'missing' {
    if (answer.kind === 'answer' && answer.status === 404) return 'missing'
    const { updated_at } = (answer.data ?? {}) as Record<string, unknown>
    const updatedAt = new Date(String(updated_at))
    if (!isSuccess(answer) || Number.isNaN(updatedAt.getTime())) {
      throw this.#scope.refusal('read', `look at the ${this.label}`, answer)
    }
    return { updatedAt, readAt: answer.date }
  }

  /**
   * Reads who may read an organization secret. A write has to say it again:
   * GitHub takes what is left out for an empty list.
   */
  async #readAudience(): Promise<void> {
    const answer = await this.#get()
    const task = `look at the ${this.label}`
    if (answer.kind === 'answer' && answer.status === 404) {
      throw new RotationError(
        {
          code: 'SECRET_NOT_FOUND',
          what: `The ${this.label} does not exist, or the GitHub token may not see it.`,
          remedy: `Create it once, so that you say which repositories may read it: \`${replaceCommand(this.#place)} --visibility all\`, or with \`--visibility private\` or \`--repos REPOSITORY,...\`.`,
        },
        'unchanged',
      )
    }
    const { visibility } = (answer.data ?? {}) as Record<string, unknown>
    if (!isSuccess(answer) || typeof visibility !== 'string') {
      throw this.#scope.refusal('read', task, answer)
    }
    this.#audience = {
      visibility,
      repositories: visibility === 'selected' ? await this.#readSelected() : [],
    }
  }

  async #readSelected(): Promise<SelectedRepository[]> {
    const task = `read which repositories may use the ${this.label}`
    const repositories: SelectedRepository[] = []
    for (let page = 1; ; page++) {
      const answer = await this.#scope.send(
        'GET',
        '/{secret_name}/repositories',
        {
          secret_name: this.#place.name,
          per_page: REPOSITORIES_PER_PAGE,
          page,
        },
      )
      if (!isSuccess(answer)) throw this.#scope.refusal('read', task, answer)
      const { total_count: total, repositories: listed } = answer.data as {
        total_count?: number
        repositories?: SelectedRepository[]
      }
      if (total === undefined || !Array.isArray(listed)) {
        throw this.#scope.refusal('read', task, answer)
      }
      repositories.push(...listed.map(({ id, name }) => ({ id, name })))
      if (listed.length > 0 && repositories.length < total) continue
      if (repositories.length === total) return repositories
      throw new RotationError(
        {
          code: 'PERMISSION_MISSING',
          what: `GitHub listed ${repositories.length} of the ${total} repositories that may use the ${this.label}; writing it would shut out the others.`,
          remedy:
            "The token in 'github-token' must be able to see all of them. Then run the workflow again.",
        },
        'unchanged',
      )
    }
  }
}

function audienceParameters(
  audience: Audience | undefined,
): Record<string, unknown> {
  if (audience === undefined) return {}
  const { visibility, repositories } = audience
  return {
    visibility,
    ...(visibility === 'selected' && {
      selected_repository_ids: repositories.map(({ id }) => id),
    }),
  }
}

/** `gh` would make the secret private when nothing is said. */
function describeAudience(audience: Audience | undefined): string {
  if (audience === undefined) return ''
  const { visibility, repositories } = audience
  if (visibility !== 'selected') return ` --visibility ${visibility}`
  return repositories.length === 0
    ? ' --no-repos-selected'
    : ` --repos ${repositories.map(({ name }) => name).join(',')}`
}
