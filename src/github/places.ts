/** A GitHub Actions secret: where it is, not what it holds. */
export type Place =
  | {
      readonly kind: 'repository'
      readonly owner: string
      readonly repository: string
      readonly name: string
    }
  | {
      readonly kind: 'environment'
      readonly owner: string
      readonly repository: string
      readonly environment: string
      readonly name: string
    }
  | {
      readonly kind: 'organization'
      readonly organization: string
      readonly name: string
    }

/** The repository that a place without an owner belongs to. */
export interface CurrentRepository {
  readonly owner: string
  readonly repository: string
}

/**
 * Reads a place from its path, such as `NAME`, `environment:production/NAME`,
 * `repository:acme/web/NAME` or `organization:acme/NAME`.
 *
 * @returns the place, or what is wrong with the text
 */
export function parsePlace(
  text: string,
  current: CurrentRepository,
): Place | string {
  const organization = /^organization:([^/]*)\/(.*)$/.exec(text)
  if (organization) {
    const [, login = '', name = ''] = organization
    const problem = problemOfOwner(login) ?? problemOfName(name)
    return problem ?? { kind: 'organization', organization: login, name }
  }

  let { owner, repository } = current
  let path = text
  const other = /^repository:([^/]*)\/([^/]*)\/(.*)$/.exec(text)
  if (other) {
    ;[, owner = '', repository = '', path = ''] = other
    const problem = problemOfOwner(owner) ?? problemOfRepository(repository)
    if (problem !== undefined) return problem
  }

  // The environment may hold `/`, so it reaches up to the last one.
  const inEnvironment = /^environment:(.*)\/([^/]*)$/s.exec(path)
  if (inEnvironment) {
    const [, environment = '', name = ''] = inEnvironment
    const problem = problemOfEnvironment(environment) ?? problemOfName(name)
    return (
      problem ?? { kind: 'environment', owner, repository, environment, name }
    )
  }
  return (
    problemOfName(path) ?? { kind: 'repository', owner, repository, name: path }
  )
}

const otherStores = /^(?:user\/)?(dependabot|codespaces|agents)\//

function problemOfName(name: string): string | undefined {
  const store = otherStores.exec(name)?.[1]
  if (store !== undefined) {
    return `is a secret of the store '${store}', which this version does not write`
  }
  if (name === '') return 'has no secret name'
  if (/[:/]/.test(name)) {
    return 'is not one of NAME, environment:ENVIRONMENT/NAME, repository:OWNER/REPOSITORY/NAME, repository:OWNER/REPOSITORY/environment:ENVIRONMENT/NAME, organization:ORGANIZATION/NAME'
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

/** URLs treat these path segments as steps, even where they are encoded. */
function isDots(segment: string): boolean {
  return segment === '.' || segment === '..'
}

/**
 * One spelling for each secret: owner and repository filled in, lower case.
 * GitHub compares all of these names without case.
 */
export function canonicalPlace(place: Place): string {
  return `${canonicalScope(place)}/${place.name}`.toLowerCase()
}

/** The same without the name: one public key, one permission. */
export function canonicalScope(place: Place): string {
  switch (place.kind) {
    case 'repository':
      return `repository:${place.owner}/${place.repository}`.toLowerCase()
    case 'environment':
      return `repository:${place.owner}/${place.repository}/environment:${place.environment}`.toLowerCase()
    case 'organization':
      return `organization:${place.organization}`.toLowerCase()
  }
}

/** What a person calls the scope. */
export function describeScope(place: Place): string {
  switch (place.kind) {
    case 'repository':
      return `repository ${place.owner}/${place.repository}`
    case 'environment':
      return `environment '${place.environment}' of ${place.owner}/${place.repository}`
    case 'organization':
      return `organization ${place.organization}`
  }
}

/** What a person calls the secret. */
export function describePlace(place: Place): string {
  return `secret ${place.name} of ${describeScope(place)}`
}

export interface Permission {
  /** The key in GitHub's API and in `X-Accepted-GitHub-Permissions`. */
  readonly key: string
  /** Its name on the pages where tokens and Apps are set up. */
  readonly title: string
}

/**
 * What writing a secret there takes. Reading its metadata or the public key takes
 * the same permission for reading only.
 *
 * @see https://docs.github.com/en/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens
 */
export function requiredPermission(place: Place): Permission {
  switch (place.kind) {
    case 'repository':
      return { key: 'secrets', title: 'Secrets' }
    case 'environment':
      return { key: 'environments', title: 'Environments' }
    case 'organization':
      return { key: 'organization_secrets', title: 'Organization secrets' }
  }
}

/** The secrets of a scope in the REST API: a route template and what fills it. */
export interface Endpoint {
  readonly route: string
  readonly parameters: Readonly<Record<string, string>>
}

/** @see https://docs.github.com/en/rest/actions/secrets */
export function secretsEndpoint(place: Place): Endpoint {
  switch (place.kind) {
    case 'repository':
      return {
        route: '/repos/{owner}/{repo}/actions/secrets',
        parameters: { owner: place.owner, repo: place.repository },
      }
    case 'environment':
      return {
        route: '/repos/{owner}/{repo}/environments/{environment_name}/secrets',
        parameters: {
          owner: place.owner,
          repo: place.repository,
          environment_name: place.environment,
        },
      }
    case 'organization':
      return {
        route: '/orgs/{org}/actions/secrets',
        parameters: { org: place.organization },
      }
  }
}

/**
 * What a person types to write the secret by hand. `gh` asks for the value, so
 * it does not end up in the history of a shell.
 */
export function replaceCommand(place: Place): string {
  const base = `gh secret set ${place.name}`
  switch (place.kind) {
    case 'repository':
      return `${base} --repo ${place.owner}/${place.repository}`
    case 'environment':
      return `${base} --repo ${place.owner}/${place.repository} --env ${quoteForShell(place.environment)}`
    case 'organization':
      return `${base} --org ${place.organization}`
  }
}

/**
 * What a person types to put a sealed value in place: the very request that the
 * action makes.
 *
 * @param body the request's body
 * @see https://cli.github.com/manual/gh_api
 */
export function restoreCommand(
  place: Place,
  body: Readonly<Record<string, unknown>>,
): string {
  const { route, parameters } = secretsEndpoint(place)
  const path = route
    .replace(/^\//, '')
    .replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(parameters[name] ?? ''),
    )
  const fields = Object.entries(body).flatMap(([name, value]) =>
    Array.isArray(value)
      ? listFields(name, value)
      : [`-f ${name}=${quoteForShell(String(value))}`],
  )
  return [
    'gh api -X PUT',
    quoteForShell(`${path}/${place.name}`),
    ...fields,
  ].join(' ')
}

/** `-F` makes numbers of digits; a name alone makes an empty list. */
function listFields(name: string, values: readonly unknown[]): string[] {
  return values.length === 0
    ? [`-F '${name}[]'`]
    : values.map((value) => `-F '${name}[]=${String(value)}'`)
}

function quoteForShell(text: string): string {
  return /^[\w./+=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
