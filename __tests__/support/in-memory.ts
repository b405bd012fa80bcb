import { RotationError, type Failure } from '../../src/rotation/errors.ts'
import type {
  AuthorizationServer,
  Job,
  RefreshResult,
  SealedSecret,
  SecretMetadata,
  SecretPlace,
  WriteResult,
} from '../../src/rotation/ports.ts'
import { SecretValue } from '../../src/rotation/secret-value.ts'

/** An authorization server that rotates, and takes a replay for a theft. */
export class InMemoryAuthorizationServer implements AuthorizationServer {
  readonly presented: string[] = []
  live: string | undefined
  /** What the next refresh answers, whatever is presented. */
  next: RefreshResult | undefined
  prepareFailure: Failure | undefined
  isClientKnown = true
  #count = 0
  readonly #spent = new Set<string>()

  constructor(live: string) {
    this.live = live
  }

  async prepare(): Promise<void> {
    if (this.prepareFailure) {
      throw new RotationError(this.prepareFailure, 'unchanged')
    }
  }

  async refresh(refreshToken: SecretValue): Promise<RefreshResult> {
    const token = refreshToken.reveal()
    this.presented.push(token)
    if (this.next) return this.next
    if (!this.isClientKnown) {
      return { kind: 'refused', reason: 'client', answer: 'HTTP 401' }
    }
    if (this.#spent.has(token)) this.live = undefined
    if (token !== this.live) return { kind: 'dead', answer: 'HTTP 400' }
    this.#count += 1
    this.#spent.add(token)
    this.live = `refresh-token-${this.#count}`
    return {
      kind: 'issued',
      tokens: {
        refreshToken: new SecretValue(this.live),
        accessToken: new SecretValue(`access-token-${this.#count}`),
        expiresInSeconds: 3600,
        issuedAt: new Date('2026-01-01T12:00:00Z'),
      },
      defects: [],
    }
  }
}

/** Secrets with one key for all of them, and a clock that ticks by the second. */
export class InMemoryStore {
  readonly values = new Map<string, string>()
  readonly updated = new Map<string, Date>()
  /** Every call, in order. */
  readonly calls: string[] = []
  /** Refuses calls, by the name of the call: `write NAME`, `probe scope`. */
  readonly refusals = new Map<string, Failure>()
  keyId = 1
  #seconds = Date.parse('2026-01-01T12:00:00Z') / 1000

  now(): Date {
    return new Date(this.#seconds * 1000)
  }

  set(name: string, value: string): void {
    this.#seconds += 1
    this.values.set(name, value)
    this.updated.set(name, this.now())
  }

  /** @throws RotationError when this call is to be refused */
  call(what: string): void {
    this.calls.push(what)
    const failure = this.refusals.get(what)
    if (failure) throw new RotationError(failure, 'unchanged')
  }

  open(name: string, scope = 'store'): SecretPlace {
    return new InMemoryPlace(this, name, scope)
  }
}

export const refusal: Failure = {
  code: 'PERMISSION_MISSING',
  what: 'The store refused.',
  remedy: 'Ask for the permission.',
}

class InMemoryPlace implements SecretPlace {
  readonly label: string
  readonly scope: string
  readonly replaceCommand: string
  readonly #store: InMemoryStore
  readonly #name: string
  #keyId: number | undefined

  constructor(store: InMemoryStore, name: string, scope: string) {
    this.label = `secret ${name}`
    this.scope = scope
    this.replaceCommand = `set ${name}`
    this.#store = store
    this.#name = name
  }

  async inspect(): Promise<SecretMetadata | 'missing'> {
    this.#store.call(`inspect ${this.#name}`)
    const updatedAt = this.#store.updated.get(this.#name)
    return updatedAt ? { updatedAt, readAt: this.#store.now() } : 'missing'
  }

  async inspectOnce(): Promise<SecretMetadata | 'missing'> {
    // An answer takes its time, and what it says is from later than the question.
    await Promise.resolve()
    return this.inspect()
  }

  async prepare(): Promise<void> {
    this.#store.call(`prepare ${this.#name}`)
    this.#keyId = this.#store.keyId
  }

  async renewKey(): Promise<void> {
    this.#store.call(`renew ${this.#name}`)
    this.#keyId = this.#store.keyId
  }

  async probe(): Promise<void> {
    this.#store.call(`probe ${this.scope}`)
  }

  seal(value: SecretValue): SealedSecret {
    if (this.#keyId === undefined) throw new TypeError('no key yet')
    this.#store.calls.push(`seal ${this.#name}`)
    return { body: { keyId: this.#keyId, value: value.reveal() } }
  }

  async write({ body }: SealedSecret): Promise<WriteResult> {
    try {
      this.#store.call(`write ${this.#name}`)
    } catch (thrown) {
      return { kind: 'refused', failure: thrown as RotationError }
    }
    if (body['keyId'] !== this.#store.keyId) {
      return { kind: 'key-refused', failure: refusal }
    }
    const isNew = !this.#store.values.has(this.#name)
    this.#store.set(this.#name, String(body['value']))
    return { kind: 'written', isNew }
  }
}

/** Remembers what it was told, in order. */
export class RecordingJob implements Job {
  readonly lines: string[] = []
  readonly masked: string[] = []
  readonly calls: string[] = []

  mask(value: SecretValue): void {
    this.masked.push(value.reveal())
    this.calls.push('mask')
  }

  info(line: string): void {
    this.lines.push(line)
  }

  warning(line: string): void {
    this.lines.push(`warning: ${line}`)
  }

  announceSpend(): void {
    this.calls.push('announce')
  }

  settleSpend(): void {
    this.calls.push('settle')
  }
}
