import { RotationError, type Failure } from '../rotation/outcome/errors.ts'
import type { MoveResult, RecordStore } from '../rotation/ports.ts'
import type {
  StoredVersion,
  VersionContent,
} from '../rotation/record/stored-version.ts'
import { isSuccess, type Answer } from './answer.ts'
import type { Api, ApiRequest } from './api.ts'
import { isLostRace, readSha, shaOfRef } from './git-answers.ts'
import { readContent, writeContent } from './record-text.ts'
import { explainRefusal, type AccessLevel, type Subject } from './refusals.ts'
import { README, README_TREE } from './record-readme.ts'
import { routes } from './routes.ts'

export interface RecordAddress {
  readonly owner: string
  readonly repository: string
  readonly id: string
}

/** GitHub documents no rule against the first, but a server or ruleset may have one. */
const namespaces = ['rotate-token', 'heads/rotate-token'] as const

/** After this, an answer serves the run better than another attempt. */
const BUDGET_MILLISECONDS = 60_000

interface Prepared {
  readonly from: string | undefined
  readonly to: VersionContent
  readonly making: Promise<string | Failure>
}

/**
 * The record in a git ref: each version is a commit that replaces the one it was made
 * from by moving the ref without force. Of two that replace the same version, GitHub
 * refuses the second.
 *
 * @see https://docs.github.com/en/rest/git/refs#update-a-reference
 */
export class GitRecordStore implements RecordStore {
  readonly #address: RecordAddress
  readonly #api: Api
  readonly #info: (line: string) => void
  #namespace: (typeof namespaces)[number] | undefined
  /** The one tree that all our versions share, once it is known to be there. */
  #tree: string | undefined
  #prepared: Prepared | undefined

  constructor(address: RecordAddress, api: Api, info: (line: string) => void) {
    this.#address = address
    this.#api = api
    this.#info = info
  }

  async read(
    isEnough: (version: StoredVersion) => boolean,
  ): Promise<readonly StoredVersion[]> {
    const tip = await this.#readRef()
    if (typeof tip === 'object') throw new RotationError(tip, 'unchanged')
    const versions: StoredVersion[] = []
    let next = tip
    while (next !== undefined) {
      const version = await this.#readCommit(next)
      versions.push(version)
      next = isEnough(version) ? undefined : version.parent
    }
    return versions
  }

  async #readCommit(revision: string): Promise<StoredVersion> {
    const answer = await this.#send({
      route: routes.readCommit,
      parameters: { commit_sha: revision },
    })
    if (!isSuccess(answer)) {
      const failure = this.#explain('read', 'read the record', answer)
      throw new RotationError(failure, 'unchanged')
    }
    const { message, parents, tree } = answer.data as {
      message?: unknown
      parents?: unknown
      tree?: unknown
    }
    if (readSha(tree) === README_TREE) this.#tree = README_TREE
    const parent = Array.isArray(parents) ? readSha(parents[0]) : undefined
    return {
      revision,
      ...(parent !== undefined && { parent }),
      content: readContent(message),
    }
  }

  async prepare(
    from: string | undefined,
    to: VersionContent,
  ): Promise<Failure | undefined> {
    const making = this.#makeCommit(from, to)
    this.#prepared = { from, to, making }
    const made = await making
    return typeof made === 'string' ? undefined : made
  }

  async move(
    from: string | undefined,
    to: VersionContent,
  ): Promise<MoveResult> {
    const prepared = this.#prepared
    const made = await (prepared?.to === to && prepared.from === from
      ? prepared.making
      : this.#makeCommit(from, to))
    if (typeof made !== 'string') return { kind: 'unreachable', failure: made }
    return from === undefined
      ? this.#create(made)
      : this.#settle(made, from, await this.#updateRef(made))
  }

  /** Reads both namespaces until it is known which one holds the record. */
  async #readRef(): Promise<string | undefined | Failure> {
    const places = this.#namespace ? [this.#namespace] : namespaces
    const answers = await Promise.all(
      places.map(async (namespace) => ({
        namespace,
        answer: await this.#send({
          route: routes.readRef,
          parameters: { ref: this.#ref(namespace) },
        }),
      })),
    )
    // A ruleset can protect a branch, so nothing beside it may stand in its way.
    for (const { namespace, answer } of answers.toReversed()) {
      const sha = shaOfRef(answer)
      if (sha !== undefined) {
        this.#namespace = namespace
        return sha
      }
    }
    const refused = answers.find(
      ({ answer }) => answer.kind !== 'answer' || answer.status !== 404,
    )
    return refused && this.#explain('read', 'read the record', refused.answer)
  }

  async #makeCommit(
    from: string | undefined,
    to: VersionContent,
  ): Promise<string | Failure> {
    const tree = this.#tree ?? (await this.#makeTree())
    if (typeof tree !== 'string') return tree
    this.#tree = tree
    const answer = await this.#send({
      route: routes.createCommit,
      body: {
        message: writeContent(to),
        tree,
        parents: from === undefined ? [] : [from],
      },
    })
    return this.#shaOf(answer)
  }

  async #makeTree(): Promise<string | Failure> {
    const answer = await this.#send({
      route: routes.createTree,
      body: {
        tree: [
          { path: 'README.md', mode: '100644', type: 'blob', content: README },
        ],
      },
    })
    return this.#shaOf(answer)
  }

  #shaOf(answer: Answer): string | Failure {
    const sha = isSuccess(answer) ? readSha(answer.data) : undefined
    return sha ?? this.#explain('write', 'write the record', answer)
  }

  async #create(commit: string): Promise<MoveResult> {
    let result: MoveResult | undefined
    for (const namespace of namespaces) {
      this.#namespace = namespace
      const answer = await this.#send({
        route: routes.createRef,
        body: { ref: `refs/${this.#ref(namespace)}`, sha: commit },
      })
      result = await this.#settle(commit, undefined, answer)
      // The name was refused; another may be accepted.
      const isRefusal =
        result.kind === 'unreachable' &&
        answer.kind === 'answer' &&
        (answer.status === 403 || answer.status === 422)
      if (!isRefusal) break
      if (namespace === namespaces[0]) {
        this.#info(
          `GitHub does not accept refs/${this.#ref(namespace)}, so the record is kept in the branch rotate-token/${this.#address.id}.`,
        )
      }
    }
    return result ?? { kind: 'refused' }
  }

  #updateRef(commit: string): Promise<Answer> {
    return this.#send({
      route: routes.updateRef,
      parameters: { ref: this.#ref(this.#namespace ?? namespaces[0]) },
      body: { sha: commit, force: false },
    })
  }

  /** The outcome of a move; where the answer does not tell, the ref does. */
  async #settle(
    commit: string,
    from: string | undefined,
    answer: Answer,
  ): Promise<MoveResult> {
    // Only this commit proves that the answer belongs to this request.
    if (shaOfRef(answer) === commit) {
      return { kind: 'moved', revision: commit }
    }
    const current = await this.#readRef()
    if (current === commit) {
      return { kind: 'moved', revision: commit }
    }
    if (isLostRace(answer)) return { kind: 'refused' }
    if (typeof current === 'string' && current !== from) {
      return { kind: 'refused' }
    }
    return {
      kind: 'unreachable',
      failure: this.#explain('write', 'write the record', answer),
    }
  }

  #send({
    route,
    parameters,
    body,
  }: Pick<ApiRequest, 'route' | 'body'> &
    Partial<Pick<ApiRequest, 'parameters'>>): Promise<Answer> {
    const { owner, repository } = this.#address
    return this.#api.send({
      route,
      parameters: { owner, repo: repository, ...parameters },
      ...(body && { body }),
      budgetMilliseconds: BUDGET_MILLISECONDS,
    })
  }

  #ref(namespace: string): string {
    return `${namespace}/${this.#address.id}`
  }

  #explain(access: AccessLevel, task: string, answer: Answer): Failure {
    const { owner, repository, id } = this.#address
    return explainRefusal(
      this.#subject,
      this.#api,
      access,
      `${task} ${id} in ${owner}/${repository}`,
      answer,
    )
  }

  get #subject(): Subject {
    const { owner, repository } = this.#address
    return {
      holder: `repository ${owner}/${repository}`,
      permission: { key: 'contents', title: 'Contents', level: 'repository' },
      classicScope: 'repo',
      otherwise: {
        code: 'RECORD_UNAVAILABLE',
        remedy: `Check that the repository is not empty, and that no ruleset protects refs/rotate-token/ or the branches rotate-token/*.`,
      },
    }
  }
}
