import { RotationError } from '../rotation/errors.ts'
import { Fields } from '../rotation/fields.ts'
import { isSuccess } from './answer.ts'
import { replaceCommand } from './by-hand.ts'
import { describePlace, type Place, type StoreOf } from './places.ts'
import type { SecretStore } from './secret-store.ts'

const REPOSITORIES_PER_PAGE = 100

const visibilities = ['all', 'private', 'selected'] as const

/** Who may read a secret of an organization or a user. */
export interface Audience {
  readonly visibility: (typeof visibilities)[number]
  /** With visibility `selected` only. */
  readonly repositories: readonly SelectedRepository[]
}

interface SelectedRepository {
  readonly id: number
  readonly name: string
  readonly full_name: string
}

/**
 * Reads who may read a secret. A write has to say it again: GitHub takes what is
 * left out for an empty list.
 *
 * @throws RotationError `unchanged` when it is not known to the last repository
 */
export async function readAudience(
  place: Place,
  store: SecretStore,
): Promise<Audience> {
  const answer = await store.send({
    route: store.routes.read,
    name: place.name,
  })
  if (answer.kind === 'answer' && answer.status === 404) {
    throw new RotationError(
      {
        code: 'SECRET_NOT_FOUND',
        what: `The ${describePlace(place)} does not exist, or the GitHub token may not see it.`,
        remedy: `Create it once, so that you say which repositories may read it: ${createCommands(place, store)}.`,
      },
      'unchanged',
    )
  }
  const { visibility: given } = (answer.data ?? {}) as Record<string, unknown>
  const visibility = visibilities.find((each) => each === given)
  if (!isSuccess(answer) || visibility === undefined) {
    const task = `look at the ${describePlace(place)}`
    throw store.refusal('read', task, answer)
  }
  return {
    visibility,
    repositories:
      visibility === 'selected' ? await readSelected(place, store) : [],
  }
}

async function readSelected(
  place: Place,
  store: SecretStore,
): Promise<SelectedRepository[]> {
  const label = describePlace(place)
  const task = `read which repositories may use the ${label}`
  const { routes } = store
  if (!('repositories' in routes)) throw new TypeError('open to all of them')
  const route = routes.repositories
  const repositories: SelectedRepository[] = []
  for (let page = 1; ; page++) {
    const answer = await store.send({
      route,
      name: place.name,
      // The list of a user has no pages.
      ...(place.holder.kind === 'organization' && {
        page: { perPage: REPOSITORIES_PER_PAGE, number: page },
      }),
    })
    const { total, listed } = readPage(isSuccess(answer) ? answer.data : {})
    if (total === undefined || listed === undefined) {
      throw store.refusal('read', task, answer)
    }
    repositories.push(...listed)
    const hasMore = place.holder.kind === 'organization' && listed.length > 0
    if (hasMore && repositories.length < total) continue
    if (repositories.length === total) return repositories
    throw new RotationError(
      {
        code: 'PERMISSION_MISSING',
        what: `GitHub listed ${repositories.length} of the ${total} repositories that may use the ${label}; writing it would shut out the others.`,
        remedy: `${store.api.credential.label} must be able to see all of them. Then run the workflow again.`,
      },
      'unchanged',
    )
  }
}

interface Page {
  readonly total?: number
  readonly listed?: readonly SelectedRepository[]
}

/** Takes nothing for a repository that could not be one. */
function readPage(data: unknown): Page {
  try {
    const fields = new Fields(data)
    const list = fields.value('repositories')
    if (!Array.isArray(list)) return {}
    return {
      total: fields.number('total_count'),
      listed: list.map((each: unknown) => {
        const repository = new Fields(each)
        return {
          id: repository.number('id'),
          name: repository.text('name', /^[\w.-]{1,100}$/),
          full_name: repository.text('full_name', /^[\w-]+\/[\w.-]{1,100}$/),
        }
      }),
    }
  } catch {
    return {}
  }
}

function createCommands(place: Place, { api }: SecretStore): string {
  const command = replaceCommand(place, api.webUrl)
  return place.holder.kind === 'user'
    ? `\`${command} --repos OWNER/REPOSITORY,...\``
    : `\`${command} --visibility all\`, or with \`--visibility private\` or \`--repos REPOSITORY,...\``
}

/** What a write says of it, in the words of GitHub's API. */
export interface AudienceFields {
  readonly visibility?: Audience['visibility']
  readonly selected_repository_ids?: readonly number[]
}

export function audienceParameters(
  { holder }: StoreOf,
  audience: Audience | undefined,
): AudienceFields {
  if (audience === undefined) return {}
  const { visibility, repositories } = audience
  return {
    // A user says it by the list alone.
    ...(holder.kind === 'organization' && { visibility }),
    ...(visibility === 'selected' && {
      selected_repository_ids: repositories.map(({ id }) => id),
    }),
  }
}

/** The same for `gh`, which would make the secret private when nothing is said. */
export function audienceOptions(
  { holder }: Place,
  audience: Audience | undefined,
): string {
  if (audience === undefined) return ''
  const { visibility, repositories } = audience
  if (visibility !== 'selected') {
    return holder.kind === 'organization' ? ` --visibility ${visibility}` : ''
  }
  if (repositories.length === 0) return ' --no-repos-selected'
  const names = repositories.map(({ name, full_name }) =>
    holder.kind === 'organization' ? name : full_name,
  )
  return ` --repos ${names.join(',')}`
}
