import { error, toSeconds, type Answer, type ApiRequest } from './answer.ts'
import { authors, describeRefusal } from './credential.ts'
import {
  kindOfMode,
  type Commit,
  type Signature,
  type TreeEntry,
} from './git-objects.ts'
import type { GitStore, Person, Refusal } from './git-store.ts'

interface PersonBody {
  readonly name?: string
  readonly email?: string
  readonly date?: string
}

interface CommitBody {
  readonly message: string
  readonly tree: string
  readonly parents?: readonly string[]
  readonly author?: PersonBody
  readonly committer?: PersonBody
}

interface TreeBody {
  readonly tree: readonly {
    readonly path?: string
    readonly mode?: string
    readonly sha?: string | null
    readonly content?: string
  }[]
  readonly base_tree?: string
}

/** Does what an authorized request asks for of the git database. */
export function answerGitRequest(request: ApiRequest, git: GitStore): Answer {
  switch (request.operation.id) {
    case 'git/get-ref':
      return getRef(request, git)
    case 'git/create-ref':
      return createRef(request, git)
    case 'git/update-ref':
      return updateRef(request, git)
    case 'git/create-tree':
      return createTree(request, git)
    case 'git/create-commit':
      return createCommit(request, git)
    default: {
      const sha = request.operation.parameters['commit_sha'] ?? ''
      const commit = git.commits.get(sha)
      return commit === undefined
        ? error(404, 'Not Found')
        : { status: 200, body: describeCommit(commit, request) }
    }
  }
}

function getRef(request: ApiRequest, git: GitStore): Answer {
  const ref = namedRef(request)
  const sha = git.readRef(ref)
  return sha === undefined
    ? error(404, 'Not Found')
    : { status: 200, body: describeRef(ref, sha, request) }
}

function createRef(request: ApiRequest, git: GitStore): Answer {
  const { ref, sha } = JSON.parse(request.body) as { ref: string; sha: string }
  const refusal = git.createRef(ref, sha)
  return refusal === undefined
    ? { status: 201, body: describeRef(ref, sha, request) }
    : refuse(refusal, request)
}

function updateRef(request: ApiRequest, git: GitStore): Answer {
  const { sha, force = false } = JSON.parse(request.body) as {
    sha: string
    force?: boolean
  }
  const ref = namedRef(request)
  const refusal = git.updateRef(ref, sha, force)
  return refusal === undefined
    ? { status: 200, body: describeRef(ref, sha, request) }
    : refuse(refusal, request)
}

/** One level of a tree at a time, without `base_tree`: enough for ours. */
function createTree(request: ApiRequest, git: GitStore): Answer {
  const body = JSON.parse(request.body) as TreeBody
  if (body.base_tree !== undefined) {
    return error(422, 'The stand-in does not know base_tree')
  }
  if (body.tree.length === 0) return error(422, 'Invalid tree info')
  const entries = new Map<string, TreeEntry>()
  for (const each of body.tree) {
    const entry = readEntry(each, git)
    if (typeof entry === 'string') return error(422, entry)
    entries.set(entry.name, entry)
  }
  const sha = git.addTree(entries.values())
  const url = urlOf(request)
  return {
    status: 201,
    body: {
      sha,
      url: `${url}/git/trees/${sha}`,
      truncated: false,
      tree: (git.trees.get(sha) ?? []).map((entry) => {
        const kind = kindOfMode(entry.mode)
        const content = git.blobs.get(entry.sha)
        return {
          path: entry.name,
          mode: entry.mode,
          type: kind,
          sha: entry.sha,
          ...(content !== undefined && { size: Buffer.byteLength(content) }),
          url: `${url}/git/${kind}s/${entry.sha}`,
        }
      }),
    },
  }
}

/** @returns what GitHub says to an entry that it does not take */
function readEntry(
  { path = '', mode, sha, content }: TreeBody['tree'][number],
  git: GitStore,
): TreeEntry | string {
  if (path.includes('/')) return 'The stand-in does not know nested paths'
  if (['', '.', '..', '.git'].includes(path)) {
    return 'tree.path contains a malformed path component'
  }
  if (mode === undefined) return 'Must supply a valid tree.mode'
  const kind = kindOfMode(mode)
  if (content !== undefined && sha === undefined && kind === 'blob') {
    return { name: path, mode, sha: git.addBlob(content) }
  }
  if (typeof sha !== 'string' || content !== undefined) {
    return 'Must supply either tree.sha or tree.content.'
  }
  const isKnown =
    kind === 'commit' || (kind === 'tree' ? git.trees : git.blobs).has(sha)
  return isKnown
    ? { name: path, mode, sha }
    : `tree.sha ${sha} is not a valid ${kind}`
}

function createCommit(request: ApiRequest, git: GitStore): Answer {
  const body = JSON.parse(request.body) as CommitBody
  const { message, tree, parents = [] } = body
  if (!git.trees.has(tree)) return error(422, 'Tree SHA does not exist')
  if (!parents.every((parent) => git.commits.has(parent))) {
    return error(422, 'Parent SHA does not exist or is not a commit object')
  }
  const author = readPerson(body.author, authors[request.kind])
  const commit = git.addCommit({
    message,
    tree,
    parents,
    author,
    ...(body.committer && { committer: readPerson(body.committer, author) }),
  })
  return { status: 201, body: describeCommit(commit, request) }
}

function readPerson(
  { name, email, date }: PersonBody = {},
  otherwise: Person,
): Person {
  return {
    name: name ?? otherwise.name,
    email: email ?? otherwise.email,
    ...(date !== undefined && { date: new Date(date) }),
  }
}

function refuse({ refusal, status }: Refusal, { kind }: ApiRequest): Answer {
  return status === 403
    ? error(403, describeRefusal(kind))
    : error(422, refusal)
}

function namedRef({ operation }: ApiRequest): string {
  return `refs/${operation.parameters['ref'] ?? ''}`
}

function urlOf({ apiUrl, operation }: ApiRequest): string {
  const { owner, repo } = operation.parameters
  return `${apiUrl}/repos/${owner}/${repo}`
}

function describeRef(ref: string, sha: string, request: ApiRequest): object {
  const url = urlOf(request)
  return {
    ref,
    node_id: `REF_${Buffer.from(ref).toString('base64url')}`,
    url: `${url}/git/${ref}`,
    object: { type: 'commit', sha, url: `${url}/git/commits/${sha}` },
  }
}

function describeCommit(commit: Commit, request: ApiRequest): object {
  const { sha, tree, parents, message } = commit
  const url = urlOf(request)
  const links = (id: string): object => ({
    sha: id,
    url: `${url}/git/commits/${id}`,
    html_url: `${url}/commit/${id}`,
  })
  return {
    ...links(sha),
    node_id: `C_${sha}`,
    author: describeSignature(commit.author),
    committer: describeSignature(commit.committer),
    message,
    tree: { sha: tree, url: `${url}/git/trees/${tree}` },
    parents: parents.map(links),
    verification: {
      verified: false,
      reason: 'unsigned',
      signature: null,
      payload: null,
      verified_at: null,
    },
  }
}

function describeSignature({ name, email, date }: Signature): object {
  return { name, email, date: toSeconds(date) }
}
