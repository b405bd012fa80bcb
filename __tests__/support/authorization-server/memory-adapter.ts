import type { Adapter, AdapterPayload } from 'oidc-provider'

/** Keeps everything; the one that comes with oidc-provider forgets. */
export class MemoryAdapter implements Adapter {
  readonly #model: string
  readonly #entries: Map<string, AdapterPayload>

  constructor(model: string, entries: Map<string, AdapterPayload>) {
    this.#model = model
    this.#entries = entries
  }

  async upsert(id: string, payload: AdapterPayload): Promise<void> {
    this.#entries.set(this.#key(id), payload)
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    return this.#entries.get(this.#key(id))
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.#findBy((payload) => payload.uid === uid)
  }

  async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return this.#findBy((payload) => payload.userCode === userCode)
  }

  async consume(id: string): Promise<void> {
    const payload = this.#entries.get(this.#key(id))
    if (payload) payload.consumed = Math.floor(Date.now() / 1000)
  }

  async destroy(id: string): Promise<void> {
    this.#entries.delete(this.#key(id))
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    for (const [key, payload] of this.#entries) {
      if (payload.grantId === grantId) this.#entries.delete(key)
    }
  }

  #key(id: string): string {
    return `${this.#model}:${id}`
  }

  #findBy(
    matches: (payload: AdapterPayload) => boolean,
  ): AdapterPayload | undefined {
    for (const [key, payload] of this.#entries) {
      if (key.startsWith(`${this.#model}:`) && matches(payload)) return payload
    }
    return undefined
  }
}
