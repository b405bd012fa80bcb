import { count, list, object, text } from '../rotation/description.ts'
import { RotationError } from '../rotation/outcome/errors.ts'
import { dataOf, isSuccess } from './answer.ts'
import { replaceCommand } from './by-hand.ts'
import { describePlace, type Place } from './places.ts'
import type { SecretStore } from './secret-store.ts'
import {
  visibilities,
  type SelectedRepository,
  type Visibility,
} from './visibility.ts'

const REPOSITORIES_PER_PAGE = 100

/**
 * Reads the visibility of a secret. Every write must repeat it: GitHub treats an
 * omitted list as empty.
 *
 * @throws RotationError `unchanged` unless every repository is known
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
        what: `The ${describePlace(place)} does not exist, or the GitHub token cannot see it.`,
        remedy: `Create it once, and choose which repositories may read it: ${createCommands(place, store)}.`,
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
      // A user's list has no pages.
      ...(place.holder.kind === 'organization' && {
        page: { perPage: REPOSITORIES_PER_PAGE, number: page },
      }),
    })
    const read = dataOf(answer, readPage)
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

/** Accepts only what can be a repository. */
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

function createCommands(place: Place, { api }: SecretStore): string {
  const command = replaceCommand(place, api.webUrl)
  return place.holder.kind === 'user'
    ? `\`${command} --repos OWNER/REPOSITORY,...\``
    : `\`${command} --visibility all\`, or with \`--visibility private\` or \`--repos REPOSITORY,...\``
}
