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
    const message = this.#git.commits.get(this.#head)?.message ?? ''
    return JSON.parse(message.slice(message.indexOf('\n\n'))) as LooseRecord
  }

  /** What all versions of the record say, the oldest first. */
  get messages(): string[] {
    const history = this.#git.history(this.#ref) ?? []
    return history.map(({ message }) => message).reverse()
  }

  /** Appends another version, as any push can. */
  append(change: (record: LooseRecord) => unknown): void {
    const record = structuredClone(this.record)
    const changed = change(record) ?? record
    this.appendMessage(`Idle\n\n${JSON.stringify(changed)}\n`)
  }

  /** The same with any text at all. */
  appendMessage(message: string): void {
    const { tree } = this.#git.commits.get(this.#head) ?? { tree: '' }
    const { sha } = this.#git.addCommit({
      message,
      tree,
      parents: [this.#head],
    })
    const refusal = this.#git.updateRef(this.#ref, sha, false)
    if (refusal) throw new Error(refusal.refusal)
  }

  /** Takes the newest versions away, by a push with force. */
  setBack(count: number): void {
    const sha = (this.#git.history(this.#ref) ?? [])[count]?.sha ?? ''
    const refusal = this.#git.updateRef(this.#ref, sha, true)
    if (refusal) throw new Error(refusal.refusal)
  }

  deleteRef(): void {
    this.#git.refs.delete(this.#ref)
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
