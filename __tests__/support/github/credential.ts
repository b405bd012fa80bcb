/** `job` is the `GITHUB_TOKEN` that every job gets. */
export type CredentialKind = 'fine-grained' | 'classic' | 'installation' | 'job'

export type Permissions = Readonly<Record<string, 'read' | 'write'>>

/** What a token may do. */
export type Grant =
  | {
      readonly kind: Exclude<CredentialKind, 'classic'>
      /** Keys and levels are GitHub's. */
      readonly permissions: Permissions
    }
  | {
      readonly kind: 'classic'
      /** Such as `repo`, `admin:org` or `codespace`. */
      readonly scopes: readonly string[]
    }

/** Where a token may do it. */
export interface Reach {
  /** `owner/name`; others do not exist for this token, unless they are public. */
  readonly repositories: readonly string[]
  readonly organizations?: readonly string[]
  /**
   * The organizations enforce SAML, and nobody has authorized the token for
   * them. Of personal access tokens only.
   */
  readonly needsSso?: boolean
}

export type Credential = Grant & Reach & { readonly expiresAt?: Date }

/**
 * The keys of `permissions:` in a workflow. None is about secrets.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions
 */
const jobPermissions = [
  ...['actions', 'artifact-metadata', 'attestations', 'checks', 'contents'],
  ...['deployments', 'discussions', 'id-token', 'issues', 'models', 'packages'],
  ...['pages', 'pull-requests', 'repository-projects', 'security-events'],
  ...['statuses', 'vulnerability-alerts'],
]

/** @throws when no workflow could ask for such a token */
export function requirePossible(grant: Grant): void {
  if (grant.kind !== 'job') return
  const impossible = Object.keys(grant.permissions).filter(
    (permission) => !jobPermissions.includes(permission),
  )
  if (impossible.length > 0) {
    throw new Error(`no job token can have ${impossible.join(', ')}`)
  }
}

/** A token that is some person's, and can do what only persons can. */
export function isPersonal(kind: CredentialKind): boolean {
  return kind === 'fine-grained' || kind === 'classic'
}

/** What GitHub says to a token without the permission. */
export function describeRefusal(kind: CredentialKind): string {
  const bearer = isPersonal(kind) ? 'personal access token' : 'integration'
  return `Resource not accessible by ${bearer}`
}

/** What GitHub tells about a token itself with every answer to it. */
export function describeToken(credential: Credential): Record<string, string> {
  const { kind, expiresAt } = credential
  return {
    ...(kind === 'classic' && {
      'x-oauth-scopes': credential.scopes.join(', '),
    }),
    ...(isPersonal(kind) &&
      expiresAt !== undefined && {
        'github-authentication-token-expiration': `${expiresAt
          .toISOString()
          .replace('T', ' ')
          .replace(/\.\d+Z$/, '')} UTC`,
      }),
  }
}

const octocat = {
  name: 'octocat',
  email: '583231+octocat@users.noreply.github.com',
}

/** Who is the author of a commit that names none. */
export const authors: Readonly<
  Record<CredentialKind, { readonly name: string; readonly email: string }>
> = {
  'fine-grained': octocat,
  classic: octocat,
  installation: {
    name: 'acme-rotation[bot]',
    email: '1001+acme-rotation[bot]@users.noreply.github.com',
  },
  job: {
    name: 'github-actions[bot]',
    email: '41898282+github-actions[bot]@users.noreply.github.com',
  },
}
