import type { Place, StoreOf } from './places.ts'

export const visibilities = ['all', 'private', 'selected'] as const

/** Who may read a secret of an organization or a user. */
export interface Visibility {
  readonly visibility: (typeof visibilities)[number]
  /** With visibility `selected` only. */
  readonly repositories: readonly SelectedRepository[]
}

export interface SelectedRepository {
  readonly id: number
  readonly name: string
  readonly full_name: string
}

/** The fields of a write, as GitHub's API names them. */
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
    // For a user, the list alone says it.
    ...(holder.kind === 'organization' && { visibility }),
    ...(visibility === 'selected' && {
      selected_repository_ids: repositories.map(({ id }) => id),
    }),
  }
}

/** The same for `gh`, which makes the secret private by default. */
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
