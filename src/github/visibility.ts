import { RotationError } from '../rotation/outcome/errors.ts'
import { count, list, object, text } from '../rotation/description.ts'
import { isSuccess, type Answer } from './answer.ts'
import { replaceCommand } from './by-hand.ts'
import { describePlace, type Place, type StoreOf } from './places.ts'
import type { SecretStore } from './secret-store.ts'

const REPOSITORIES_PER_PAGE = 100

const visibilities = ['all', 'private', 'selected'] as const

/** Who may read a secret of an organization or a user. */
export interface Visibility {
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
export async function readVisibility(
  place: Place,
  store: SecretStore,
): Promise<Visibility> {
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
    const read = pageOf(answer)
    if (read === undefined) throw store.refusal('read', task, answer)
    const { total_count: total, repositories: listed } = read
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
  readonly total_count: number
  readonly repositories: readonly SelectedRepository[]
}

/** Takes nothing for a repository that could not be one. */
const readPage = object<Page>({
  total_count: count,
  repositories: list(
    object<SelectedRepository>({
      id: count,
      name: text(/^[\w.-]{1,100}$/),
      full_name: text(/^[\w-]+\/[\w.-]{1,100}$/),
    }),
  ),
})

function pageOf(answer: Answer): Page | undefined {
  try {
    return isSuccess(answer) ? readPage(answer.data) : undefined
  } catch {
    return undefined
  }
}

function createCommands(place: Place, { api }: SecretStore): string {
  const command = replaceCommand(place, api.webUrl)
  return place.holder.kind === 'user'
    ? `\`${command} --repos OWNER/REPOSITORY,...\``
    : `\`${command} --visibility all\`, or with \`--visibility private\` or \`--repos REPOSITORY,...\``
}

/** What a write says of it, in the words of GitHub's API. */
export interface VisibilityFields {
  readonly visibility?: Visibility['visibility']
  readonly selected_repository_ids?: readonly number[]
}

export function visibilityParameters(
  { holder }: StoreOf,
  visible: Visibility | undefined,
): VisibilityFields {
  if (visible === undefined) return {}
  const { visibility, repositories } = visible
  return {
    // A user says it by the list alone.
    ...(holder.kind === 'organization' && { visibility }),
    ...(visibility === 'selected' && {
      selected_repository_ids: repositories.map(({ id }) => id),
    }),
  }
}

/** The same for `gh`, which would make the secret private when nothing is said. */
export function visibilityOptions(
  { holder }: Place,
  visible: Visibility | undefined,
): string {
  if (visible === undefined) return ''
  const { visibility, repositories } = visible
  if (visibility !== 'selected') {
    return holder.kind === 'organization' ? ` --visibility ${visibility}` : ''
  }
  if (repositories.length === 0) return ' --no-repos-selected'
  const names = repositories.map(({ name, full_name }) =>
    holder.kind === 'organization' ? name : full_name,
  )
  return ` --repos ${names.join(',')}`
}
