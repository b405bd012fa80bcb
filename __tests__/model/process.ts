import type { StoredVersion } from '../../src/rotation/record/stored-version.ts'
import type {
  Ports,
  JournalEntry,
  Mark,
  MoveResult,
  RefreshResult,
  SecretMetadata,
  SecretPlace,
  WriteResult,
} from '../../src/rotation/ports.ts'
import type { Rotation } from '../../src/rotation/rotation.ts'
import type { ClassFacts } from '../../src/rotation/record/rotation-class.ts'
import { finish } from '../../src/rotation/post-step.ts'
import type { RotationReport } from '../../src/rotation/outcome/outcome.ts'
import { rotate } from '../../src/rotation/rotate.ts'
import type { SealedSecret } from '../../src/rotation/tokens/sealed-secret.ts'
import { codeOf, SymbolicKeyring } from '../support/symbolic-keyring.ts'
import {
  linksFrom,
  makeLink,
  toContent,
  toVersion,
  type Content,
  type Link,
} from './chain.ts'
import { SecretValue } from '../../src/rotation/tokens/secret-value.ts'

const keyring = new SymbolicKeyring(false)

/** Something that a process asks of the world and waits for. */
export type Call =
  | { readonly kind: 'read' }
  | { readonly kind: 'inspect' }
  | { readonly kind: 'inspectOnce' }
  | { readonly kind: 'hasEnded'; readonly runId: string }
  | {
      readonly kind: 'move'
      readonly from: string | undefined
      readonly content: Content
    }
  | { readonly kind: 'refresh'; readonly token: string }
  | { readonly kind: 'introspect'; readonly token: string }
  | { readonly kind: 'write'; readonly token: string }
  | { readonly kind: 'distribute'; readonly token: string }

export interface Answers {
  read: Link | 'nothing' | 'failure'
  inspect: SecretMetadata
  inspectOnce: SecretMetadata
  hasEnded: 'ended' | 'running' | 'unknown'
  move:
    | { readonly kind: 'moved'; readonly link: Link }
    | Exclude<MoveResult, { kind: 'moved' }>
  refresh: RefreshResult
  introspect: 'active' | 'inactive' | 'unknown'
  /** `again`: failed for now; to be repeated if the run still may. */
  write: WriteResult | 'again'
  distribute: WriteResult | 'again'
}

/** What a process did without waiting for anybody. */
export type Effect =
  | { readonly kind: 'journal'; readonly entry: JournalEntry }
  | { readonly kind: 'delete-journal' }

/** How the world answered a call, and what else the process could see then. */
export interface Resolution {
  readonly call: number
  readonly answer: Answers[keyof Answers]
  readonly now: number
  readonly hasPostStarted: boolean
}

export interface ProcessSpec {
  readonly runId: string
  readonly createdAt: number
  /** The refresh token of the run's snapshot. */
  readonly presented: string
  readonly facts: ClassFacts
  readonly usesEscrow: boolean
  /** Set where there is a place for the access token. */
  readonly distribute?: DistributionSpec
  /** Set for a post step: what main left. */
  readonly journal?: JournalEntry
  /** When the process starts. */
  readonly startedAt: number
}

export interface DistributionSpec {
  /** The stored access token, if the run is given it. */
  readonly stored?: string
}

/** Where a process stands after a history of answers. */
export interface Standing {
  readonly pending: ReadonlyMap<number, Call>
  /** Since the last answer. */
  readonly effects: readonly Effect[]
  /** The versions of the record that it may still compare with others. */
  readonly heads: readonly Link[]
  /** When the secret was written last, by the oldest of the looks at it. */
  readonly looked: number
  /** All else that the further course depends on. */
  readonly memory: Memory
  readonly report?: RotationReport
}

/** What a process remembers beside the versions of the record. */
export interface Memory {
  readonly written: string | undefined
  /** When it heard last that the record is its own. */
  readonly confirmedAt: number
  /** Its requests for a token that nobody knows the effect of. */
  readonly indeterminate: number
  readonly entry: JournalEntry | undefined
  /** The call that was answered last, and in which way. */
  readonly last: Call | undefined
  readonly lastAnswer: string | undefined
  /** How often in a row a transition was refused: only so many are tried. */
  readonly refusals: number
  readonly hasPostStarted: boolean
  /** The last look at the secret, until the claim says what came of it. */
  readonly look: SecretMetadata | undefined
  /** How the write of the access token ended, if it was tried. */
  readonly distribution: string | undefined
}

/** Lies that take a safeguard out of the shipped code. */
export interface Lies {
  /** The presented token always looks like the one that counts. */
  readonly staleCheck?: boolean
  /** Nothing is written to the disk. */
  readonly journal?: boolean
  /** Only the newest version is looked at. */
  readonly walk?: boolean
  /** A time that is far away is near. */
  readonly bound?: boolean
}

/**
 * Runs the shipped code, main or post, with the answers that the world gave until
 * now, and says what it asks next. The code is deterministic, so the same answers
 * always lead to the same place.
 */
export async function replay(
  spec: ProcessSpec,
  history: readonly Resolution[],
  lies: Lies = {},
): Promise<Standing> {
  const script = new Script(spec, lies)
  script.start()
  await settle()
  for (const resolution of history) {
    script.effects.length = 0
    script.resolve(resolution)
    await settle()
  }
  return {
    pending: new Map(script.pending),
    effects: [...script.effects],
    heads: [script.lastHead, script.written].filter(
      (head) => head !== undefined,
    ),
    looked: script.looked,
    memory: script.memory,
    ...(script.report && { report: script.report }),
  }
}

/** Lets everything run that does not wait for an answer: all microtasks. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve)
  })
}

class Script {
  readonly pending = new Map<number, Call>()
  readonly effects: Effect[] = []
  report: RotationReport | undefined
  lastHead: Link | undefined
  written: Link | undefined
  looked = Infinity
  readonly #spec: ProcessSpec
  readonly #lies: Lies
  readonly #waiting = new Map<number, (answer: never) => void>()
  #calls = 0
  #now: number
  #hasPostStarted = false
  #confirmedAt = 0
  #indeterminate = 0
  #refusals = 0
  #entry: JournalEntry | undefined
  #last: Call | undefined
  #lastAnswer: string | undefined
  #seen: SecretMetadata | undefined
  #distribution: string | undefined

  constructor(spec: ProcessSpec, lies: Lies) {
    this.#spec = spec
    this.#lies = lies
    this.#now = spec.startedAt
  }

  /** Neither of the two ever throws. */
  start(): void {
    const { journal } = this.#spec
    const running = journal
      ? finish(this.#rotation(), this.#ports(), journal)
      : rotate(this.#rotation(), this.#ports())
    void running.then((report) => {
      this.report = report
    })
  }

  resolve({ call, answer, now, hasPostStarted }: Resolution): void {
    this.#now = now
    this.#hasPostStarted = hasPostStarted
    this.#last = this.pending.get(call)
    this.#lastAnswer = kindOf(answer)
    if (this.#lastAnswer === 'indeterminate') this.#indeterminate += 1
    if (this.#lastAnswer === 'refused') this.#refusals += 1
    if (this.#lastAnswer === 'moved') this.#refusals = 0
    this.pending.delete(call)
    const waiting = this.#waiting.get(call)
    this.#waiting.delete(call)
    waiting?.(answer as never)
  }

  get memory(): Memory {
    return {
      written: this.written?.revision,
      confirmedAt: this.#confirmedAt,
      indeterminate: this.#indeterminate,
      entry: this.#entry,
      last: this.#last,
      lastAnswer: this.#lastAnswer,
      refusals: this.#refusals,
      hasPostStarted: this.#hasPostStarted,
      look: this.#seen,
      distribution: this.#distribution,
    }
  }

  #ask<K extends keyof Answers>(call: Call & { kind: K }): Promise<Answers[K]> {
    const index = this.#calls
    this.#calls += 1
    this.pending.set(index, call)
    return new Promise((resolve) => {
      this.#waiting.set(index, resolve)
    })
  }

  #rotation(): Rotation {
    const { runId, presented, facts, usesEscrow, distribute } = this.#spec
    return {
      owner: {
        repository: 'acme/web',
        runId,
        attempt: '1',
        job: 'rotate',
        nonce: runId,
      },
      refreshToken: new SecretValue(presented),
      refreshTokenPlace: this.#place(),
      placeName: 'secret',
      run: { event: 'schedule', actor: 'octocat', version: '1.0.0' },
      accessTokenPlaces: distribute ? [this.#accessTokenPlace()] : [],
      ...(distribute?.stored !== undefined && {
        storedAccessToken: new SecretValue(distribute.stored),
      }),
      minimumValiditySeconds: 900,
      facts,
      usesEscrow,
      isDryRun: false,
      isForced: false,
      isByPerson: false,
      fallback: 'none',
      lifetimes: {},
      keepsOldAccessToken: false,
    }
  }

  #place(): SecretPlace {
    return {
      id: 'secret',
      label: 'secret',
      store: 'store',
      replaceCommand: 'set',
      restoreCommand: (sealed) => `restore ${sealed.encryptedValue}`,
      inspect: () => this.#look('inspect'),
      inspectOnce: () => this.#look('inspectOnce'),
      prepare: () => Promise.resolve(),
      probe: () => Promise.resolve(),
      removeProbe: () => Promise.resolve(),
      renewKey: () => Promise.resolve(),
      seal: (value) => ({ keyId: 'key', encryptedValue: value.reveal() }),
      prepareWrite: () => Promise.resolve(),
      // Refused or not, GitHub has one key only here.
      isSealedForOldKey: () => Promise.resolve(false),
      write: (sealed, mayRepeat) => this.#write('write', sealed, mayRepeat),
    }
  }

  #accessTokenPlace(): SecretPlace {
    return {
      ...this.#place(),
      id: 'place',
      label: 'place',
      write: async (sealed, mayRepeat) => {
        const written = await this.#write('distribute', sealed, mayRepeat)
        this.#distribution = written.kind
        return written
      },
    }
  }

  async #look(kind: 'inspect' | 'inspectOnce'): Promise<SecretMetadata> {
    const metadata = await this.#ask({ kind })
    const updatedAt = metadata.updatedAt.getTime() / 1000
    this.#seen = metadata
    this.looked = Math.min(this.looked, updatedAt)
    return metadata
  }

  async #write(
    kind: 'write' | 'distribute',
    sealed: SealedSecret,
    mayRepeat: () => Promise<boolean>,
  ): Promise<WriteResult> {
    const token = sealed.encryptedValue
    for (;;) {
      const written = await this.#ask({ kind, token })
      if (written !== 'again') return written
      if (!(await mayRepeat())) return { kind: 'refused', failure: noFailure }
    }
  }

  #ports(): Ports {
    const { createdAt } = this.#spec
    return {
      authorizationServer: {
        prepare: () => Promise.resolve(),
        refresh: (token) =>
          this.#ask({ kind: 'refresh', token: token.reveal() }),
        requestClientCredentials: () => Promise.resolve(undefined),
        introspect: (token) =>
          this.#ask({ kind: 'introspect', token: token.reveal() }),
      },
      records: {
        read: async (isEnough) => {
          const head = await this.#ask({ kind: 'read' })
          if (head === 'failure') throw new Error('unreadable')
          if (head === 'nothing') return []
          this.lastHead = head
          const versions = []
          for (const link of linksFrom(head)) {
            const version = toVersion(
              this.#lies.staleCheck ? this.#claimed(link) : link,
            )
            versions.push(this.#lies.bound ? this.#nearby(version) : version)
            if (isEnough(version) || this.#lies.walk) break
          }
          return versions
        },
        prepare: () => Promise.resolve(undefined),
        move: async (from, to) => {
          // No decision depends on it, so no process needs to see it.
          const { memory: _memory, ...rest } = to as Content
          const content = toContent(rest)
          const moved = await this.#ask({ kind: 'move', from, content })
          if (moved.kind !== 'moved') return moved
          const { link } = moved
          this.lastHead = link
          this.written = link
          if (content['phase'] === 'claimed') this.#seen = undefined
          return { kind: 'moved', revision: link.revision }
        },
      },
      runs: {
        readCreation: () => Promise.resolve(toDate(createdAt)),
        hasEnded: ({ runId }) => this.#ask({ kind: 'hasEnded', runId }),
      },
      journal: {
        announce: () => undefined,
        write: (entry) => {
          this.#entry = entry
          if (!this.#lies.journal) this.effects.push({ kind: 'journal', entry })
        },
        delete: () => this.effects.push({ kind: 'delete-journal' }),
        hasPostStarted: () => this.#hasPostStarted,
      },
      job: {
        mask: () => undefined,
        info: () => undefined,
        notice: () => undefined,
        warning: () => undefined,
        isCancelled: () => false,
        whenCancelled: () => new Promise(() => undefined),
      },
      system: {
        serverNow: () => toDate(this.#now),
        elapsedMilliseconds: () => 0,
        mark: () => this.#mark(),
        millisecondsSince: (mark) =>
          this.#now * 1000 - mark.monotonicMilliseconds,
        sleep: () => Promise.resolve(),
        random: () => 0,
        randomHex: () => 'nonce',
      },
      keyring,
    }
  }

  #mark(): Mark {
    const milliseconds = this.#now * 1000
    this.#confirmedAt = this.#now
    return {
      monotonicMilliseconds: milliseconds,
      wallMilliseconds: milliseconds,
    }
  }

  #nearby(version: StoredVersion): StoredVersion {
    const content = version.content as Content
    const { claim, restUntil } = content as {
      claim?: { heldSince: string }
      restUntil?: string
    }
    const isFar = (time: string | undefined): boolean =>
      time !== undefined && Date.parse(time) / 1000 > this.#now + 500_000
    const soon = toDate(this.#now + 60)
    return isFar(claim?.heldSince) || isFar(restUntil)
      ? {
          ...version,
          content: toContent({
            ...content,
            ...(claim && {
              claim: {
                ...claim,
                heldSince: toDate(this.#now),
                coolUntil: soon,
              },
            }),
            ...(isFar(restUntil) && { restUntil: soon }),
          }),
        }
      : version
  }

  /** The version as if the presented token had signed it. */
  #claimed(link: Link): Link {
    const { presented } = this.#spec
    const { content } = link
    return 'phase' in content
      ? makeLink(
          link.revision,
          toContent({
            ...content,
            current: presented,
            mac: codeOf(presented),
            spent: [],
          }),
          link.below,
        )
      : link
  }
}

function kindOf(answer: Answers[keyof Answers]): string {
  if (typeof answer === 'string') return answer
  return 'kind' in answer ? answer.kind : ''
}

export const noFailure = {
  code: 'GITHUB_UNAVAILABLE',
  what: '',
  remedy: '',
} as const

export function toDate(seconds: number): Date {
  return new Date(seconds * 1000)
}
