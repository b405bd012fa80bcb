import { Agent } from 'undici'

import { GitRecordStore } from '../../src/github/git-record-store.ts'
import { parsePlace, type Place } from '../../src/github/places.ts'
import { WorkflowRuns } from '../../src/github/runs.ts'
import { warmUp } from '../../src/github/seal.ts'
import type {
  AuthorizationServer,
  Introspection,
  IssuedTokens,
  RefreshResult,
  SecretPlace,
} from '../../src/rotation/ports.ts'
import { rotate } from '../../src/rotation/rotate.ts'
import { SecretValue } from '../../src/rotation/tokens/secret-value.ts'
import { createKeyring } from '../../src/runtime/token-keys.ts'
import { Clock } from './clock.ts'
import { ClockSystem } from './clock-system.ts'
import { openAll, openApi } from './github-api.ts'
import type { GitStore } from './github/git-store.ts'
import type { StoredSecret } from './github/secret-store.ts'
import type { Repository } from './github/repository.ts'
import { GitHubStandIn } from './github/stand-in.ts'
import { InMemoryJournal, RecordingJob } from './in-memory.ts'
import { Intruder } from './intruder.ts'
import { strayRequests } from './trust-table.ts'

const REPOSITORY = 'acme/web'
const RECORD_ID = 'the-record'
const LIFETIME_SECONDS = 3600
const MINIMUM_VALIDITY_SECONDS = 900
/** Hundreds of runs a minute, by the clock of the stand-in. */
const unlimited = {
  perHour: 1e9,
  pointsPerMinute: 1e9,
  writesPerMinute: 1e9,
  writesPerHour: 1e9,
}

/** How a run ends before its time, or cannot do all that it wants to. */
export type Fate =
  | 'ends'
  /** The machine is lost while the token request is under way: it never arrives. */
  | 'dies before the refresh'
  /** GitHub takes no secret, so the record gets a sealed copy. */
  | 'finds the secret closed'
  /** The machine is lost while the access token is distributed. */
  | 'dies while it distributes'

/** How a run ended, as the runner would show it. */
export interface Ending {
  readonly outcome: string
  readonly code: string
  readonly isGreen: boolean
  readonly isTampered: boolean
}

/**
 * What an intruder fights for. All runs of it are honest; between them anybody may
 * write to the record.
 */
export interface Contest {
  readonly clock: Clock
  readonly git: GitStore
  readonly intruder: Intruder
  /** @param isByPerson started by hand, with `force` */
  run(fate?: Fate, isByPerson?: boolean): Promise<Ending>
  /** Whatever was asked of GitHub that no rotation asks. */
  strayRequests(): string[]
  /** The refresh token in the secret is accepted. */
  isLive(): Promise<boolean>
  /** The access token in its place is the newest one, and works for a while. */
  isNothingDue(): boolean
  /** How often a token was presented that had been used before. */
  readonly replays: number
  /** Whether the authorization server says if a refresh token is active. */
  introspects: boolean
  close(): Promise<void>
}

/** Issues, rotates, and takes a replay for a theft; tokens are too long to guess. */
class Issuer implements AuthorizationServer {
  live: string
  replays = 0
  count = 0
  accessToken = ''
  expiresAt = new Date(0)
  introspects = true
  spent = new Set<string>()
  /** Unset: it answers. */
  onRefresh: (() => Promise<void>) | undefined
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
    this.live = this.#token('refresh')
  }

  async prepare(): Promise<void> {
    await Promise.resolve()
  }

  async introspect(token: SecretValue): Promise<Introspection> {
    if (!this.introspects) return 'unknown'
    return token.reveal() === this.live ? 'active' : 'inactive'
  }

  async requestClientCredentials(): Promise<IssuedTokens | undefined> {
    return undefined
  }

  async refresh(presented: SecretValue): Promise<RefreshResult> {
    await this.onRefresh?.()
    const token = presented.reveal()
    if (this.spent.has(token)) {
      this.replays += 1
      this.live = ''
    }
    if (token !== this.live)
      return { kind: 'invalid-grant', answer: 'HTTP 400' }
    this.count += 1
    this.spent.add(token)
    this.live = this.#token('refresh')
    this.accessToken = this.#token('access')
    const issuedAt = this.#clock.now()
    this.expiresAt = new Date(issuedAt.getTime() + LIFETIME_SECONDS * 1000)
    return {
      kind: 'issued',
      tokens: {
        refreshToken: new SecretValue(this.live),
        accessToken: new SecretValue(this.accessToken),
        expiresInSeconds: LIFETIME_SECONDS,
        issuedAt,
      },
      defects: [],
    }
  }

  #token(kind: string): string {
    return `${kind}-token-${this.count}-of-a-length-that-nobody-guesses`
  }
}

/** Where it stood, to begin again from there. */
export interface Position {
  readonly time: Date
  readonly refs: ReadonlyMap<string, string>
  readonly secrets: ReadonlyMap<string, StoredSecret>
  readonly issuer: Pick<
    Issuer,
    'live' | 'replays' | 'count' | 'accessToken' | 'expiresAt' | 'introspects'
  > & { readonly spent: ReadonlySet<string> }
}

/** In this process: the real rotation and its adapters, over sockets. */
export class ProcessContest implements Contest {
  readonly clock = new Clock()
  readonly intruder: Intruder
  readonly #github = new GitHubStandIn({ clock: this.clock })
  readonly #issuer = new Issuer(this.clock)
  readonly #dispatcher = new Agent()
  readonly #repository: Repository

  private constructor() {
    this.#repository = this.#github.addRepository(REPOSITORY)
    this.intruder = new Intruder(this.#repository.git)
    this.#permit('write')
  }

  static async start(): Promise<ProcessContest> {
    await warmUp()
    const contest = new ProcessContest()
    await contest.#github.start()
    contest.#repository.secrets.set('REFRESH_TOKEN', contest.#issuer.live)
    contest.clock.advance(3_600_000)
    return contest
  }

  async close(): Promise<void> {
    await this.#dispatcher.destroy()
    await this.#github.close()
  }

  get git(): GitStore {
    return this.#repository.git
  }

  /** What GitHub itself would give to anybody who asks: to seal for it. */
  get publicKey(): { keyId: string; key: string } {
    const { keyId, publicKey } = this.#repository.secrets
    return { keyId, key: publicKey }
  }

  get replays(): number {
    return this.#issuer.replays
  }

  get introspects(): boolean {
    return this.#issuer.introspects
  }

  set introspects(introspects: boolean) {
    this.#issuer.introspects = introspects
  }

  async isLive(): Promise<boolean> {
    return this.#valueOf('REFRESH_TOKEN') === this.#issuer.live
  }

  isNothingDue(): boolean {
    const { accessToken, expiresAt } = this.#issuer
    const left = expiresAt.getTime() - this.clock.now().getTime()
    return (
      this.#valueOf('ACCESS_TOKEN') === accessToken &&
      left > MINIMUM_VALIDITY_SECONDS * 1000
    )
  }

  strayRequests(): string[] {
    const { requests, violations } = this.#github
    return [...violations, ...strayRequests(requests, REPOSITORY, this.git)]
  }

  get position(): Position {
    const { live, replays, count, accessToken, expiresAt, introspects, spent } =
      this.#issuer
    return {
      time: this.clock.now(),
      refs: new Map(this.git.refs),
      secrets: new Map(this.#repository.secrets.secrets),
      issuer: {
        ...{ live, replays, count, accessToken, expiresAt, introspects },
        spent: new Set(spent),
      },
    }
  }

  beginAgain({ time, refs, secrets, issuer }: Position): void {
    this.clock.set(time)
    replace(this.git.refs, refs)
    replace(this.#repository.secrets.secrets, secrets)
    const { spent, ...rest } = issuer
    Object.assign(this.#issuer, rest)
    this.#issuer.spent = new Set(spent)
    this.#github.requests.length = 0
  }

  async run(fate: Fate = 'ends', isByPerson = false): Promise<Ending> {
    this.clock.advance(5000)
    const run = this.#repository.runs.addRun()
    const job = new RecordingJob()
    const died = Promise.withResolvers<undefined>()
    const die = async (): Promise<never> => {
      died.resolve(undefined)
      return new Promise(() => undefined)
    }
    this.#issuer.onRefresh = {
      ends: undefined,
      'dies before the refresh': die,
      'finds the secret closed': async () => {
        this.#permit('read')
      },
      'dies while it distributes': undefined,
    }[fate]
    const api = openApi(this.#github.url, this.#dispatcher, {
      system: new ClockSystem(this.clock),
    })
    const place = open('REFRESH_TOKEN')
    const places = openAll(api, place, [open('ACCESS_TOKEN')])
    const stored = this.#valueOf('ACCESS_TOKEN')
    const owner = {
      repository: REPOSITORY,
      runId: String(run.id),
      attempt: '1',
      job: 'rotate',
      nonce: `nonce-${run.id}`,
    }
    const rotating = rotate(
      {
        owner,
        run: { event: 'schedule', actor: 'octocat', version: '1.0.0' },
        refreshToken: new SecretValue(this.#valueOf('REFRESH_TOKEN') ?? ''),
        ...(stored !== undefined && {
          storedAccessToken: new SecretValue(stored),
        }),
        refreshTokenPlace: places.refreshTokenPlace,
        placeName: 'the/refresh_token',
        accessTokenPlaces:
          fate === 'dies while it distributes'
            ? places.accessTokenPlaces.map((each) => dieing(each, die))
            : places.accessTokenPlaces,
        minimumValiditySeconds: MINIMUM_VALIDITY_SECONDS,
        facts: { rotationClass: 'strict', graceSeconds: 0 },
        usesEscrow: true,
        isDryRun: false,
        isForced: isByPerson,
        isByPerson,
        fallback: 'none',
        lifetimes: {},
        keepsOldAccessToken: false,
      },
      {
        authorizationServer: this.#issuer,
        records: new GitRecordStore(
          { owner: 'acme', repository: 'web', id: RECORD_ID },
          api,
          () => undefined,
        ),
        runs: new WorkflowRuns(api, owner, () => undefined),
        journal: new InMemoryJournal(),
        job,
        system: new ClockSystem(this.clock),
        keyring: createKeyring({
          host: 'github.com',
          recordId: RECORD_ID,
          place: 'the/refresh_token',
        }),
      },
    )
    const report = await Promise.race([rotating, died.promise])
    this.#repository.runs.completeRun(run)
    this.#permit('write')
    const outcome = report?.outcome ?? 'died'
    return {
      outcome,
      code: report?.errorCode ?? '',
      isGreen: !['died', 'failed', 'partial'].includes(outcome),
      isTampered: job.lines.some((line) => line.includes('RECORD_TAMPERED')),
    }
  }

  #valueOf(name: string): string | undefined {
    return this.#repository.secrets.get(name)?.value
  }

  #permit(secrets: 'read' | 'write'): void {
    this.#github.addToken(
      'token',
      {
        kind: 'fine-grained',
        permissions: { secrets, contents: 'write', actions: 'read' },
        repositories: [REPOSITORY],
      },
      unlimited,
    )
  }
}

function open(name: string): Place {
  const place = parsePlace(name, { owner: 'acme', repository: 'web' })
  if (typeof place === 'string') throw new Error(place)
  return place
}

function dieing(place: SecretPlace, die: () => Promise<never>): SecretPlace {
  place.write = die
  return place
}

function replace<K, V>(map: Map<K, V>, other: ReadonlyMap<K, V>): void {
  map.clear()
  for (const [key, value] of other) map.set(key, value)
}
