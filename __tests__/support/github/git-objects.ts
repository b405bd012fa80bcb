import { createHash } from 'node:crypto'

/** One line of a tree; names have no slash. */
export interface TreeEntry {
  readonly name: string
  readonly mode: string
  readonly sha: string
}

export interface Signature {
  readonly name: string
  readonly email: string
  readonly date: Date
}

export interface Commit {
  readonly sha: string
  readonly tree: string
  readonly parents: readonly string[]
  readonly author: Signature
  readonly committer: Signature
  readonly message: string
}

const FOLDER = '040000'

export function kindOfMode(mode: string): 'blob' | 'tree' | 'commit' {
  if (mode === FOLDER) return 'tree'
  return mode === '160000' ? 'commit' : 'blob'
}

/** The id that git itself gives to an object. */
export function hashObject(
  kind: 'blob' | 'tree' | 'commit',
  content: Buffer,
): string {
  return createHash('sha1')
    .update(`${kind} ${content.length}\0`)
    .update(content)
    .digest('hex')
}

/** Git compares bytes, and folders as if their names ended in a slash. */
export function sortEntries(entries: Iterable<TreeEntry>): TreeEntry[] {
  const key = ({ name, mode }: TreeEntry): Buffer =>
    Buffer.from(mode === FOLDER ? `${name}/` : name)
  return [...entries].sort((one, other) => key(one).compare(key(other)))
}

export function encodeTree(sorted: readonly TreeEntry[]): Buffer {
  return Buffer.concat(
    sorted.flatMap(({ name, mode, sha }) => [
      Buffer.from(`${mode.replace(/^0/, '')} ${name}\0`),
      Buffer.from(sha, 'hex'),
    ]),
  )
}

export function encodeCommit(commit: Omit<Commit, 'sha'>): Buffer {
  return Buffer.from(
    [
      `tree ${commit.tree}`,
      ...commit.parents.map((parent) => `parent ${parent}`),
      `author ${encodeSignature(commit.author)}`,
      `committer ${encodeSignature(commit.committer)}`,
      '',
      commit.message,
    ].join('\n'),
  )
}

function encodeSignature({ name, email, date }: Signature): string {
  return `${name} <${email}> ${Math.floor(date.getTime() / 1000)} +0000`
}
