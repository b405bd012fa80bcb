import type { GitStore } from './github/git-store.ts'
import type { SeenRequest } from './http-server.ts'

/** What a rotation asks of GitHub for secrets of its own repository. */
const paths = [
  String.raw`actions/secrets/(public-key|REFRESH_TOKEN|ACCESS_TOKEN|ROTATE_TOKEN_PROBE_\w+)`,
  String.raw`git/(ref|refs)(/(heads%2F)?rotate-token%2F[\w-]+)?`,
  String.raw`git/commits(/[\da-f]{40})?`,
  'git/trees',
  String.raw`actions/runs/\d{1,20}/attempts/\d{1,9}`,
]
const known = new RegExp(`^/repos/[\\w.-]+/[\\w.-]+/(${paths.join('|')})$`)
const changes = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

/**
 * The rows of the design about requests: no address, method or body is of the record.
 * Whatever was asked or sent besides comes back, in words.
 *
 * @param repository the only one in which anything may be changed
 */
export function strayRequests(
  requests: readonly SeenRequest[],
  repository: string,
  git: GitStore,
): string[] {
  return requests.flatMap(({ method, path, body }) => {
    const text = `${method} ${path}`
    if (!known.test(path)) return [`${text}: not of a rotation`]
    const isOurs = path.startsWith(`/repos/${repository}/`)
    const isRun = path.includes('/actions/runs/')
    if (!isOurs && (changes.has(method) || !isRun)) {
      return [`${text}: of another repository`]
    }
    const wrong = body === '' ? undefined : strayBody(method, path, body, git)
    return wrong === undefined ? [] : [`${text}: ${wrong}`]
  })
}

function strayBody(
  method: string,
  path: string,
  body: string,
  git: GitStore,
): string | undefined {
  const fields = JSON.parse(body) as Record<string, unknown>
  const names = Object.keys(fields).sort().join(' ')
  if (path.includes('/actions/secrets/')) {
    return names === 'encrypted_value key_id' ? undefined : names
  }
  switch (`${method} ${path.replace(/^.*\/git\/(\w+).*$/, '$1')}`) {
    case 'POST commits':
      return strayTree(fields, git)
    case 'POST refs':
      return names === 'ref sha' ? undefined : names
    case 'PATCH refs':
      return fields['force'] === false ? undefined : 'forced'
    case 'POST trees':
      return names === 'tree' ? undefined : names
    default:
      return 'a body where there is none'
  }
}

/** Each version has one parent at most, and one file that says what it is. */
function strayTree(
  { tree, parents }: Record<string, unknown>,
  git: GitStore,
): string | undefined {
  const entries = git.trees.get(String(tree)) ?? []
  const [entry] = entries
  const readme = git.blobs.get(entry?.sha ?? '') ?? ''
  const isReadme =
    entries.length === 1 &&
    entry?.name === 'README.md' &&
    readme.startsWith('This ref belongs to Rotate Token.')
  if (!isReadme) return `a tree of somebody else, ${String(tree)}`
  return Array.isArray(parents) && parents.length <= 1 ? undefined : 'a merge'
}
