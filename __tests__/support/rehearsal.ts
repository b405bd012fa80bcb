import type { Ports, HealthCheck } from '../../src/rotation/ports.ts'
import type { Rotation } from '../../src/rotation/rotation.ts'
import { finish } from '../../src/rotation/post-step.ts'
import type { RotationReport } from '../../src/rotation/outcome/outcome.ts'
import type { RotationRecord } from '../../src/rotation/record/record.ts'
import { rotate } from '../../src/rotation/rotate.ts'
import { signVersion } from '../../src/rotation/record/version.ts'
import { SecretValue } from '../../src/rotation/tokens/secret-value.ts'
import {
  InMemoryAuthorizationServer,
  InMemoryJournal,
  InMemoryRecords,
  InMemoryRuns,
  InMemoryStore,
  RecordingJob,
} from './in-memory.ts'
import { SymbolicKeyring } from './symbolic-keyring.ts'

export interface RehearsalOptions {
  readonly accessTokenPlaces?: readonly string[]
  /** Stores of places that are not in the one that all are in. */
  readonly stores?: Readonly<Record<string, string>>
  readonly rotation?: Partial<Rotation>
  readonly runId?: string
  /** The refresh token of the run's snapshot; left out: what the secret holds. */
  readonly presented?: string
}

export interface HeldRun {
  /** Lets the answer come after all. */
  readonly goOn: () => Promise<RotationReport>
}

/** Everything that a rotation deals with, in memory. The secret is named RT. */
export class Rehearsal {
  readonly authorizationServer = new InMemoryAuthorizationServer(
    'refresh-token-0',
  )
  readonly store = new InMemoryStore()
  readonly records = new InMemoryRecords()
  readonly runs = new InMemoryRuns()
  readonly keyring = new SymbolicKeyring()
  job = new RecordingJob()
  journal = new InMemoryJournal(this.job.calls)
  healthCheck: HealthCheck | undefined
  #runs = 0
  /** What the last run was given, and its post step is. */
  #presented = ''

  constructor() {
    this.store.set('RT', 'refresh-token-0')
  }

  get record(): RotationRecord {
    const { record } = this.records
    if (record === undefined) throw new Error('no record')
    return record
  }

  /** Another version, by somebody who holds the token that is current in it. */
  append(record: RotationRecord): void {
    const { records, keyring } = this
    const keys = keyring.named(record.current)
    records.append(signVersion(record, records.tip, keys))
  }

  /** A new run, some seconds after whatever came before. */
  run(options: RehearsalOptions = {}): Promise<RotationReport> {
    this.store.system.pass(5000)
    this.runs.createdAt = this.store.now()
    return this.runQueued(options)
  }

  /** A run that was created when `runs.createdAt` says. */
  runQueued(options: RehearsalOptions = {}): Promise<RotationReport> {
    this.#runs += 1
    this.#presented = options.presented ?? this.store.values.get('RT') ?? ''
    return rotate(this.#rotation(options), this.#ports())
  }

  /**
   * A run that waits for the answer to its first write of a secret: as long as
   * nobody lets it go on, it is as good as dead.
   */
  async runUntilWritten(
    name: string,
    options: RehearsalOptions = {},
  ): Promise<HeldRun> {
    const { store } = this
    const open = store.open.bind(store)
    let goOn = (): void => undefined
    const released = new Promise<void>((resolve) => {
      goOn = resolve
    })
    store.open = (each, label) => {
      const place = open(each, label)
      const write = place.write.bind(place)
      if (each === name) {
        place.write = async (sealed, mayRepeat) => {
          const written = await write(sealed, mayRepeat)
          await released
          return written
        }
      }
      return place
    }
    const report = this.run(options)
    store.open = open
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
    return {
      goOn() {
        goOn()
        return report
      },
    }
  }

  /** The post step of the run before. */
  finish(options: RehearsalOptions = {}): Promise<RotationReport> {
    const { entry } = this.journal
    if (entry === undefined) throw new Error('no journal')
    const rotation = this.#rotation({
      presented: this.#presented,
      ...options,
    })
    const owner = { ...rotation.owner, nonce: entry.nonce }
    return finish({ ...rotation, owner }, this.#ports(), entry)
  }

  #rotation({
    accessTokenPlaces = ['AT'],
    stores = {},
    rotation = {},
    runId = String(this.#runs),
    presented = this.store.values.get('RT') ?? '',
  }: RehearsalOptions): Rotation {
    const open = (name: string): ReturnType<InMemoryStore['open']> =>
      this.store.open(name, stores[name])
    return {
      owner: {
        repository: 'acme/web',
        runId,
        attempt: '1',
        job: 'rotate',
        nonce: `nonce-${runId}`,
      },
      refreshToken: new SecretValue(presented),
      refreshTokenPlace: open('RT'),
      placeName: 'store/RT',
      run: { event: 'schedule', actor: 'octocat', version: '1.0.0' },
      accessTokenPlaces: accessTokenPlaces.map(open),
      minimumValiditySeconds: 900,
      facts: { rotationClass: 'strict', graceSeconds: 0 },
      usesEscrow: true,
      isDryRun: false,
      isForced: false,
      isByPerson: false,
      fallback: 'none',
      lifetimes: {},
      keepsOldAccessToken: false,
      ...rotation,
    }
  }

  #ports(): Ports {
    return {
      authorizationServer: this.authorizationServer,
      ...(this.healthCheck && { healthCheck: this.healthCheck }),
      records: this.records,
      runs: this.runs,
      journal: this.journal,
      job: this.job,
      system: this.store.system,
      keyring: this.keyring,
    }
  }
}
