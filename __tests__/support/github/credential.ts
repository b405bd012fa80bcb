/** `job` is the `GITHUB_TOKEN` that every job gets. */
export type CredentialKind = 'fine-grained' | 'installation' | 'job'

/** What a token may do. Permission keys and levels are GitHub's. */
export interface Credential {
  readonly kind: CredentialKind
  readonly permissions: Readonly<Record<string, 'read' | 'write'>>
  /** `owner/name`; others do not exist for this token, unless they are public. */
  readonly repositories: readonly string[]
  readonly organizations?: readonly string[]
  readonly expiresAt?: Date
}

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
export function requirePossible({ kind, permissions }: Credential): void {
  const impossible = Object.keys(permissions).filter(
    (permission) => kind === 'job' && !jobPermissions.includes(permission),
  )
  if (impossible.length > 0) {
    throw new Error(`no job token can have ${impossible.join(', ')}`)
  }
}

/** What GitHub says to a token without the permission. */
export function describeRefusal(kind: CredentialKind): string {
  const bearer =
    kind === 'fine-grained' ? 'personal access token' : 'integration'
  return `Resource not accessible by ${bearer}`
}

/** Who is the author of a commit that names none. */
export const authors: Readonly<
  Record<CredentialKind, { readonly name: string; readonly email: string }>
> = {
  'fine-grained': {
    name: 'octocat',
    email: '583231+octocat@users.noreply.github.com',
  },
  installation: {
    name: 'acme-rotation[bot]',
    email: '1001+acme-rotation[bot]@users.noreply.github.com',
  },
  job: {
    name: 'github-actions[bot]',
    email: '41898282+github-actions[bot]@users.noreply.github.com',
  },
}
