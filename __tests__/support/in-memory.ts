import type {
  Introspection,
  AuthorizationServer,
  IssuedTokens,
  Job,
  Journal,
  JournalEntry,
  MoveResult,
  RecordStore,
  RefreshResult,
  Runs,
  SecretMetadata,
  SecretPlace,
  WriteResult,
} from '../../src/rotation/ports.ts'
import {
  RotationError,
  type Failure,
} from '../../src/rotation/outcome/errors.ts'
import type { Owner, RotationRecord } from '../../src/rotation/record/record.ts'
import { readFields } from '../../src/rotation/record/record-description.ts'
import type {
  StoredVersion,
  VersionContent,
} from '../../src/rotation/record/stored-version.ts'
import type { SealedSecret } from '../../src/rotation/tokens/sealed-secret.ts'
import { SecretValue } from '../../src/rotation/tokens/secret-value.ts'
import { TestSystem } from './test-system.ts'

/** An authorization server that rotates, and takes a replay for a theft. */
export class InMemoryAuthorizationServer implements AuthorizationServer {
  readonly presented: string[] = []
  live: string | undefined
  /** What the next refresh answers, whatever is presented. */
  next: RefreshResult | undefined
  prepareFailure: Failure | undefined
  isClientKnown = true
  /** Unset: it does not introspect. */
  introspects = false
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

  async introspect(refreshToken: SecretValue): Promise<Introspection> {
    if (!this.introspects) return 'unknown'
    return refreshToken.reveal() === this.live ? 'active' : 'inactive'
  }

  async requestClientCredentials(): Promise<IssuedTokens | undefined> {
    return undefined
  }

  async refresh(refreshToken: SecretValue): Promise<RefreshResult> {
    const token = refreshToken.reveal()
    this.presented.push(token)
    if (this.next) return this.next
    if (!this.isClientKnown) {
      return { kind: 'refused', reason: 'client', answer: 'HTTP 401' }
    }
    if (this.#spent.has(token)) this.live = undefined
    if (token !== this.live)
      return { kind: 'invalid-grant', answer: 'HTTP 400' }
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
  /** Refuses calls, by the name of the call: `write NAME`, `probe store`. */
  readonly refusals = new Map<string, Failure>()
  /** Writes that fail for now, and what happens before they are repeated. */
  readonly stumbles = new Map<string, () => Promise<void>>()
  keyId = 1
  readonly system: TestSystem

  constructor(system = new TestSystem()) {
    this.system = system
  }

  now(): Date {
    return this.system.serverNow()
  }

  set(name: string, value: string): void {
    this.system.pass(1000)
    this.values.set(name, value)
    this.updated.set(name, this.now())
  }

  /** @throws RotationError when this call is to be refused */
  call(what: string): void {
    this.calls.push(what)
    const failure = this.refusals.get(what)
    if (failure) throw new RotationError(failure, 'unchanged')
  }

  open(name: string, store = 'store'): SecretPlace {
    return new InMemoryPlace(this, name, store)
  }
}

export const refusal: Failure = {
  code: 'PERMISSION_MISSING',
  what: 'The store refused.',
  remedy: 'Ask for the permission.',
}

class InMemoryPlace implements SecretPlace {
  readonly id: string
  readonly label: string
  readonly store: string
  readonly replaceCommand: string
  readonly #store: InMemoryStore
  readonly #name: string
  #keyId: number | undefined

  constructor(store: InMemoryStore, name: string, label: string) {
    this.id = `store/${name}`
    this.label = `secret ${name}`
    this.store = label
    this.replaceCommand = `set ${name}`
    this.#store = store
    this.#name = name
  }

  restoreCommand(sealed: SealedSecret): string {
    return `restore ${JSON.stringify(sealed)}`
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

  async prepareWrite(): Promise<void> {
    this.#store.call(`prepare to write ${this.#name}`)
  }

  async isSealedForOldKey({ keyId }: SealedSecret): Promise<boolean> {
    return keyId !== String(this.#store.keyId)
  }

  async renewKey(): Promise<void> {
    this.#store.call(`renew ${this.#name}`)
    this.#keyId = this.#store.keyId
  }

  async probe(): Promise<void> {
    this.#store.call(`probe ${this.store}`)
  }

  async removeProbe(): Promise<void> {
    this.#store.call(`remove probe ${this.store}`)
  }

  seal(value: SecretValue): SealedSecret {
    if (this.#keyId === undefined) throw new TypeError('no key yet')
    this.#store.calls.push(`seal ${this.#name}`)
    return { keyId: String(this.#keyId), encryptedValue: box(value.reveal()) }
  }

  async write(
    { keyId, encryptedValue }: SealedSecret,
    mayRepeat: () => Promise<boolean>,
  ): Promise<WriteResult> {
    const stumble = this.#store.stumbles.get(`write ${this.#name}`)
    if (stumble) {
      await stumble()
      if (!(await mayRepeat())) return { kind: 'refused', failure: refusal }
    }
    try {
      this.#store.call(`write ${this.#name}`)
    } catch (thrown) {
      return { kind: 'refused', failure: thrown as RotationError }
    }
    if (keyId !== String(this.#store.keyId)) {
      return { kind: 'key-refused', failure: refusal }
    }
    const isNew = !this.#store.values.has(this.#name)
    this.#store.set(this.#name, unbox(encryptedValue))
    return { kind: 'written', isNew, at: this.#store.now() }
  }
}

/** As good as sealed: whoever looks at it does not read the token. */
export function box(value: string): string {
  return Buffer.from(value).toString('base64')
}

function unbox(sealed: string): string {
  return Buffer.from(sealed, 'base64').toString()
}

/** A record with compare-and-swap. */
export class InMemoryRecords implements RecordStore {
  /** Every version, the oldest first. */
  readonly versions: StoredVersion[] = []
  /** What the next moves answer instead, one for each. */
  readonly next: MoveResult[] = []
  readFailure: Failure | undefined

  get tip(): string | undefined {
    return this.versions.at(-1)?.revision
  }

  /** The newest state, whoever wrote it; an escrow alone is none. */
  get record(): RotationRecord | undefined {
    return this.history.findLast((content) => 'phase' in content)
  }

  /** The states and the copies as they are stored, the oldest first. */
  get history(): RotationRecord[] {
    return this.versions.map(({ content }) => {
      const fields = content as Record<string, unknown>
      return 'phase' in fields
        ? readFields(fields)
        : (fields as unknown as RotationRecord)
    })
  }

  async read(
    isEnough: (version: StoredVersion) => boolean,
  ): Promise<readonly StoredVersion[]> {
    if (this.readFailure) throw new RotationError(this.readFailure, 'unchanged')
    const found: StoredVersion[] = []
    for (const version of this.versions.toReversed()) {
      found.push(version)
      if (isEnough(version)) break
    }
    return found
  }

  async prepare(): Promise<undefined> {
    return undefined
  }

  async move(
    from: string | undefined,
    to: VersionContent,
  ): Promise<MoveResult> {
    const next = this.next.shift()
    if (next) return next
    if (from !== this.tip) return { kind: 'refused' }
    return { kind: 'moved', revision: this.append(to) }
  }

  /** Another version, as anybody may add it. */
  append(content: object): string {
    const parent = this.tip
    const revision = String(this.versions.length + 1)
    this.versions.push({
      revision,
      ...(parent !== undefined && { parent }),
      content: JSON.parse(JSON.stringify(content)) as unknown,
    })
    return revision
  }
}

export const unreachable: MoveResult = {
  kind: 'unreachable',
  failure: {
    code: 'GITHUB_UNAVAILABLE',
    what: 'GitHub could not be reached.',
    remedy: 'Try again.',
  },
}

/** What GitHub says of runs: this one, and all others. */
export class InMemoryRuns implements Runs {
  createdAt: Date | undefined
  readonly running = new Set<string>()

  async readCreation(): Promise<Date | undefined> {
    return this.createdAt
  }

  async hasEnded({ runId }: Owner): Promise<'ended' | 'running'> {
    return this.running.has(runId) ? 'running' : 'ended'
  }
}

/** A disk. */
export class InMemoryJournal implements Journal {
  entry: JournalEntry | undefined
  isPostThere = false
  readonly #calls: string[]

  constructor(calls: string[] = []) {
    this.#calls = calls
  }

  announce(): void {
    this.#calls.push('announce')
  }

  write(entry: JournalEntry): void {
    this.#calls.push('journal')
    this.entry = entry
  }

  delete(): void {
    this.#calls.push('settle')
    this.entry = undefined
  }

  hasPostStarted(): boolean {
    return this.isPostThere
  }
}

/** Remembers what it was told, in order. */
export class RecordingJob implements Job {
  readonly lines: string[] = []
  readonly masked: string[] = []
  readonly calls: string[] = []
  isToEnd = false

  mask(value: SecretValue): void {
    this.masked.push(value.reveal())
    this.calls.push('mask')
  }

  info(line: string): void {
    this.lines.push(line)
  }

  notice(line: string): void {
    this.lines.push(`notice: ${line}`)
  }

  warning(line: string): void {
    this.lines.push(`warning: ${line}`)
  }

  isCancelled(): boolean {
    return this.isToEnd
  }

  whenCancelled(): Promise<void> {
    return this.isToEnd ? Promise.resolve() : new Promise(() => undefined)
  }
}
