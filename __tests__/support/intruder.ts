import { readBody, serve, describeRequest } from './http-server.ts'
import type { RunningServer, SeenRequest } from './http-server.ts'
import type { GitStore } from './github/git-store.ts'

/** A record as anybody may read and change it who may write contents. */
export type LooseRecord = Record<string, unknown> & {
  claim?: { owner: Record<string, unknown> } & Record<string, unknown>
  escrow?: Record<string, unknown> & {
    sealed: Record<string, unknown>
  }
  block?: Record<string, unknown>
}

/** May write the contents of the repository, and nothing else. */
export class Intruder {
  readonly #git: GitStore

  constructor(git: GitStore) {
    this.#git = git
  }

  /** The newest version of the only record that there is. */
  get record(): LooseRecord {
    return readVersion(this.messages.at(-1) ?? '')
  }

  /** Every version as it was committed, oldest first. */
  get messages(): readonly string[] {
    const history = this.#git.history(this.#ref) ?? []
    return history.map(({ message }) => message).reverse()
  }

  /** The name of the record, at the end of the ref's. */
  get recordId(): string {
    return this.#ref.slice(this.#ref.lastIndexOf('/') + 1)
  }

  /** Appends another version, as any push can. */
  append(change: (record: LooseRecord) => unknown): void {
    const record = this.record
    const changed = change(record) ?? record
    this.appendMessage(`Idle\n\n${JSON.stringify(changed)}\n`)
  }

  /** Appends any text, such as that of an earlier version. */
  appendMessage(message: string): void {
    const { tree } = this.#git.commits.get(this.#head) ?? { tree: '' }
    const { sha } = this.#git.addCommit({
      message,
      tree,
      parents: [this.#head],
    })
    this.#update(sha, false)
  }

  /** Takes the newest versions away, as a push by force can. */
  setBack(count: number): void {
    const { sha } = this.#git.history(this.#ref)?.[count] ?? {}
    if (sha === undefined) throw new Error('no such version')
    this.#update(sha, true)
  }

  deleteRef(): void {
    this.#git.refs.delete(this.#ref)
  }

  #update(sha: string, isForced: boolean): void {
    const refusal = this.#git.updateRef(this.#ref, sha, isForced)
    if (refusal) throw new Error(refusal.refusal)
  }

  get #ref(): string {
    const refs = [...this.#git.refs.keys()]
    const ref = refs.find((name) => name.includes('rotate-token/'))
    if (ref === undefined) throw new Error('no record')
    return ref
  }

  get #head(): string {
    return this.#git.refs.get(this.#ref) ?? ''
  }
}

/** The JSON at the end of a commit's message. */
export function readVersion(message: string): LooseRecord {
  return JSON.parse(message.slice(message.indexOf('\n\n'))) as LooseRecord
}

/** A server of somebody else, who takes whatever he is sent. */
export async function serveThief(): Promise<
  RunningServer & { readonly requests: SeenRequest[] }
> {
  const requests: SeenRequest[] = []
  const server = await serve((message, response) => {
    void readBody(message).then((body) => {
      requests.push(describeRequest(message, body))
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end('{"ok":true}')
    })
  })
  return { ...server, requests }
}
