import { createHash } from 'node:crypto'

/** GitHub keeps the secrets of each apart, with different keys and permissions. */
const stores = ['actions', 'dependabot', 'codespaces', 'agents'] as const

export type Store = (typeof stores)[number]

/** The stores that are named before a secret. */
export const namedStores = stores.filter((store) => store !== 'actions')

export type Holder =
  | {
      readonly kind: 'repository'
      readonly owner: string
      readonly repository: string
    }
  | {
      readonly kind: 'environment'
      readonly owner: string
      readonly repository: string
      readonly environment: string
    }
  | { readonly kind: 'organization'; readonly organization: string }
  /** The user that the token belongs to. */
  | { readonly kind: 'user' }

/** Secrets that share a public key and a permission. */
export interface StoreOf {
  readonly holder: Holder
  readonly store: Store
}

/** A GitHub secret: where it is, not what it holds. */
export interface Place extends StoreOf {
  readonly name: string
}

/** The repository of a place without an owner. */
export interface CurrentRepository {
  readonly owner: string
  readonly repository: string
}

/**
 * Parses a place from its path, such as `NAME`, `environment:production/NAME`,
 * `repository:acme/web/NAME`, `organization:acme/dependabot/NAME` or
 * `user/codespaces/NAME`.
 *
 * @returns the place, or what is wrong with the text
 */
export function parsePlace(
  text: string,
  current: CurrentRepository,
): Place | string {
  if (text.startsWith('user/')) return parseUserPlace(text)
  const organization = /^organization:([^/]*)\/(.*)$/.exec(text)
  if (organization) {
    const [, login = '', path = ''] = organization
    const holder: Holder = { kind: 'organization', organization: login }
    return problemOfOwner(login) ?? parseInStore(holder, path)
  }

  let { owner, repository } = current
  let path = text
  const other = /^repository:([^/]*)\/([^/]*)\/(.*)$/.exec(text)
  if (other) {
    ;[, owner = '', repository = '', path = ''] = other
    const problem = problemOfOwner(owner) ?? problemOfRepository(repository)
    if (problem !== undefined) return problem
  }

  // Environments may contain `/`, so the last one ends the environment.
  const inEnvironment = /^environment:(.*)\/([^/]*)$/s.exec(path)
  if (inEnvironment) {
    const [, environment = '', name = ''] = inEnvironment
    const holder = {
      kind: 'environment',
      owner,
      repository,
      environment,
    } as const
    const problem = problemOfEnvironment(environment) ?? problemOfName(name)
    return problem ?? { holder, store: 'actions', name }
  }
  return parseInStore({ kind: 'repository', owner, repository }, path)
}

/** `NAME` for Actions, `STORE/NAME` for the others. */
function parseInStore(holder: Holder, path: string): Place | string {
  const store = namedStores.find((each) => path.startsWith(`${each}/`))
  const name = store === undefined ? path : path.slice(store.length + 1)
  return problemOfName(name) ?? { holder, store: store ?? 'actions', name }
}

function parseUserPlace(text: string): Place | string {
  const [, name] = /^user\/codespaces\/(.*)$/.exec(text) ?? []
  if (name === undefined) {
    return 'is not user/codespaces/NAME, the only secrets that a user has'
  }
  return (
    problemOfName(name) ?? {
      holder: { kind: 'user' },
      store: 'codespaces',
      name,
    }
  )
}

function problemOfName(name: string): string | undefined {
  if (name === '') return 'has no secret name'
  if (/[:/]/.test(name)) {
    const list = new Intl.ListFormat('en-GB', { type: 'disjunction' })
    const named = list.format(namedStores.map((store) => `${store}/`))
    return `is not one of NAME, environment:ENVIRONMENT/NAME, repository:OWNER/REPOSITORY/NAME, repository:OWNER/REPOSITORY/environment:ENVIRONMENT/NAME, organization:ORGANIZATION/NAME, nor one of these with ${named} before NAME, nor user/codespaces/NAME`
  }
  if (!/^[A-Za-z0-9_]+$/.test(name)) {
    return 'has a secret name with characters other than letters, digits and _'
  }
  if (/^[0-9]/.test(name)) return 'has a secret name that begins with a digit'
  if (/^GITHUB_/i.test(name)) {
    return 'has a secret name that begins with GITHUB_, which GitHub refuses'
  }
  if (/^ROTATE_TOKEN_PROBE_/i.test(name)) {
    return 'has a secret name that begins with ROTATE_TOKEN_PROBE_, which Rotate Token writes and deletes'
  }
  return undefined
}

/** Whether both are names that GitHub allows, and not path steps. */
export function isRepository({
  owner,
  repository,
}: CurrentRepository): boolean {
  return (
    problemOfOwner(owner) === undefined &&
    problemOfRepository(repository) === undefined
  )
}

function problemOfOwner(owner: string): string | undefined {
  // Managed users have an underscore before the short code of their enterprise.
  return /^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(owner)
    ? undefined
    : 'has no valid owner or organization'
}

function problemOfRepository(repository: string): string | undefined {
  return /^[A-Za-z0-9._-]+$/.test(repository) && !isDots(repository)
    ? undefined
    : 'has no valid repository name'
}

function problemOfEnvironment(environment: string): string | undefined {
  if (environment.trim() === '') return 'has no environment name'
  if (environment.length > 255) {
    return 'has an environment name of more than 255 characters'
  }
  return isDots(environment) ? 'has no valid environment name' : undefined
}

/** URLs treat these path segments as steps, even when encoded. */
function isDots(segment: string): boolean {
  return segment === '.' || segment === '..'
}

/**
 * One spelling for each secret: complete, and in lower case, since GitHub ignores case.
 */
export function canonicalPlace(place: Place): string {
  return `${canonicalStore(place)}/${place.name}`.toLowerCase()
}

/**
 * The same without owner and name where it is in the running repository, so that
 * neither a rename nor a transfer changes it.
 */
export function placeWithin(place: Place, current: CurrentRepository): string {
  const { holder } = place
  return isWithin(holder, current)
    ? canonicalPlace({
        ...place,
        holder: { ...holder, owner: '', repository: '' },
      })
    : canonicalPlace(place)
}

/** For the record, which others can read: what is elsewhere is nobody's business. */
export function publicName(place: Place, current: CurrentRepository): string {
  return isWithin(place.holder, current)
    ? placeWithin(place, current)
    : createHash('sha256').update(canonicalPlace(place)).digest('hex')
}

function isWithin(
  holder: Holder,
  current: CurrentRepository,
): holder is Extract<Holder, { owner: string }> {
  return (
    'owner' in holder &&
    holder.owner.toLowerCase() === current.owner.toLowerCase() &&
    holder.repository.toLowerCase() === current.repository.toLowerCase()
  )
}

/** The same without the name: one public key, one permission. */
export function canonicalStore({ holder, store }: StoreOf): string {
  const canonical = canonicalHolder(holder)
  return (
    store === 'actions' ? canonical : `${canonical}/${store}`
  ).toLowerCase()
}

function canonicalHolder(holder: Holder): string {
  switch (holder.kind) {
    case 'repository':
      return `repository:${holder.owner}/${holder.repository}`
    case 'environment':
      return `repository:${holder.owner}/${holder.repository}/environment:${holder.environment}`
    case 'organization':
      return `organization:${holder.organization}`
    case 'user':
      return 'user'
  }
}

/** Human-readable; follows "the". */
export function describeHolder(holder: Holder): string {
  switch (holder.kind) {
    case 'repository':
      return `repository ${holder.owner}/${holder.repository}`
    case 'environment':
      return `environment '${holder.environment}' of ${holder.owner}/${holder.repository}`
    case 'organization':
      return `organization ${holder.organization}`
    case 'user':
      return 'user of the token'
  }
}

const adjectives: Record<Store, string> = {
  actions: '',
  dependabot: 'Dependabot ',
  codespaces: 'Codespaces ',
  agents: 'Agents ',
}

/** Human-readable; follows "the". */
export function describeStore({ holder, store }: StoreOf): string {
  return `${adjectives[store]}secrets of the ${describeHolder(holder)}`
}

/** Human-readable; follows "the". */
export function describePlace({ holder, store, name }: Place): string {
  const whose = holder.kind === 'user' ? 'the user' : describeHolder(holder)
  return `${adjectives[store]}secret ${name} of ${whose}`
}
