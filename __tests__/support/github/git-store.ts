import type { Clock } from '../clock.ts'
import { authors } from './credential.ts'
import {
  encodeCommit,
  encodeTree,
  hashObject,
  sortEntries,
  type Commit,
  type Signature,
  type TreeEntry,
} from './git-objects.ts'
import { areInConflict, refuseName } from './ref-names.ts'

/** 422, unless GitHub would say that the token may not. */
export interface Refusal {
  readonly refusal: string
  readonly status?: 403
}

export interface Person {
  readonly name: string
  readonly email: string
  /** Left out: now. */
  readonly date?: Date
}

export interface NewCommit {
  readonly message: string
  readonly tree: string
  readonly parents?: readonly string[]
  readonly author?: Person
  readonly committer?: Person
}

const MAIN = 'refs/heads/main'

/** The git database of one repository, with the ids that git would give. */
export class GitStore {
  readonly #clock: Clock
  /** Full names, `refs/...`, and the commits that they are at. */
  readonly refs = new Map<string, string>()
  readonly commits = new Map<string, Commit>()
  readonly trees = new Map<string, readonly TreeEntry[]>()
  readonly blobs = new Map<string, string>()
  /** By prefix; see {@link protectNamespace}. */
  readonly protectedNamespaces = new Map<string, 422 | 403>()
  /** Where refs were before they moved last; undefined: nowhere. */
  readonly #earlier = new Map<string, string | undefined>()
  #laggingReads = 0

  constructor(clock: Clock) {
    this.#clock = clock
    // No workflow runs in an empty repository, so there never is one.
    const readme = this.addBlob('# Read me')
    const { sha } = this.addCommit({
      message: 'Initial commit',
      tree: this.addTree([{ name: 'README.md', mode: '100644', sha: readme }]),
      author: authors['fine-grained'],
    })
    this.refs.set(MAIN, sha)
  }

  /** The commit that workflows are taken from. */
  get head(): string {
    return this.refs.get(MAIN) ?? ''
  }

  addBlob(content: string): string {
    const sha = hashObject('blob', Buffer.from(content))
    this.blobs.set(sha, content)
    return sha
  }

  addTree(entries: Iterable<TreeEntry>): string {
    const sorted = sortEntries(entries)
    const sha = hashObject('tree', encodeTree(sorted))
    this.trees.set(sha, sorted)
    return sha
  }

  /** The same commit twice in a second is one commit, as it is in git. */
  addCommit({ message, tree, parents = [], ...people }: NewCommit): Commit {
    const author = this.#sign(people.author ?? authors.job)
    const unnamed = {
      message,
      tree,
      parents,
      author,
      committer: people.committer ? this.#sign(people.committer) : author,
    }
    const sha = hashObject('commit', encodeCommit(unnamed))
    const commit = { sha, ...unnamed }
    this.commits.set(sha, commit)
    return commit
  }

  createRef(ref: string, sha: string): Refusal | undefined {
    const refusal =
      refuseName(ref) ??
      this.#refuseCommit(sha) ??
      (this.refs.has(ref) ? 'Reference already exists' : undefined)
    if (refusal !== undefined) return { refusal }
    for (const [prefix, status] of this.protectedNamespaces) {
      if (!ref.startsWith(prefix)) continue
      return {
        refusal: 'Reference update failed',
        ...(status === 403 && { status }),
      }
    }
    if ([...this.refs.keys()].some((each) => areInConflict(each, ref))) {
      return { refusal: 'Reference update failed' }
    }
    this.#move(ref, sha)
    return undefined
  }

  /** Compares and moves in one go: nothing else runs in between. */
  updateRef(ref: string, sha: string, force: boolean): Refusal | undefined {
    const current = this.refs.get(ref)
    const refusal =
      current === undefined
        ? 'Reference does not exist'
        : (this.#refuseCommit(sha) ??
          (force || this.#descends(sha, current)
            ? undefined
            : 'Update is not a fast forward'))
    if (refusal !== undefined) return { refusal }
    this.#move(ref, sha)
    return undefined
  }

  /** What the API answers about a ref; see {@link lagRefReads}. */
  readRef(ref: string): string | undefined {
    if (this.#laggingReads > 0) {
      this.#laggingReads -= 1
      if (this.#earlier.has(ref)) return this.#earlier.get(ref)
    }
    return this.refs.get(ref)
  }

  /**
   * The next reads of refs are answered by a replica that has not heard of the
   * last move. Moves themselves are always decided on the true value.
   */
  lagRefReads(count: number): void {
    this.#laggingReads = count
  }

  /**
   * Nobody may create refs whose full names begin like this, as with a rule
   * of the repository or a server that reserves the namespace.
   */
  protectNamespace(prefix: string, status: 422 | 403 = 422): void {
    this.protectedNamespaces.set(prefix, status)
  }

  /** The commits of a ref, the newest first, or undefined without the ref. */
  history(ref: string): Commit[] | undefined {
    const sha = this.refs.get(ref)
    if (sha === undefined) return undefined
    const commits: Commit[] = []
    let commit = this.commits.get(sha)
    while (commit !== undefined) {
      commits.push(commit)
      commit = this.commits.get(commit.parents[0] ?? '')
    }
    return commits
  }

  #move(ref: string, sha: string): void {
    this.#earlier.set(ref, this.refs.get(ref))
    this.refs.set(ref, sha)
  }

  #refuseCommit(sha: string): string | undefined {
    if (sha.length < 40) {
      return `At least 40 characters are required; only ${sha.length} were supplied.`
    }
    return this.commits.has(sha) ? undefined : 'Object does not exist'
  }

  #descends(sha: string, ancestor: string): boolean {
    const seen = new Set<string>()
    const left = [sha]
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      if (next === ancestor) return true
      if (seen.has(next)) continue
      seen.add(next)
      left.push(...(this.commits.get(next)?.parents ?? []))
    }
    return false
  }

  #sign({ name, email, date }: Person): Signature {
    const time = date ?? this.#clock.now()
    // Git keeps whole seconds.
    const seconds = Math.floor(time.getTime() / 1000)
    return { name, email, date: new Date(seconds * 1000) }
  }
}
