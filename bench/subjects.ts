import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

import { bundle, root } from './bundle.ts'
import type { Exchange } from './gate.ts'
import { JobEnvironment } from './job.ts'
import { measure, type Measurement } from './measure.ts'
import { Servers, type TrafficOptions } from './servers.ts'

export interface Subject {
  readonly letter: 'a' | 'b' | 'c' | 'd' | 'e' | 'f' | 'x'
  readonly title: string
  /** Whether it rotates; the others send nothing. */
  readonly rotates: boolean
  readonly inputs?: Readonly<Record<string, string>>
}

/** In this order in every table. */
export const subjects: readonly Subject[] = [
  { letter: 'a', title: 'an empty node process', rotates: false },
  {
    letter: 'b',
    title: "the careless script on node's http",
    rotates: true,
  },
  {
    letter: 'c',
    title: 'the careless script on our libraries',
    rotates: true,
  },
  {
    letter: 'd',
    title: 'main, record: none',
    rotates: true,
    inputs: { record: 'none' },
  },
  { letter: 'e', title: 'main', rotates: true },
  { letter: 'f', title: 'post, nothing to do', rotates: false },
]

/** What this main is compared with, where that is asked for. */
export const another: Subject = {
  letter: 'x',
  title: 'another main',
  rotates: true,
}

export interface Sample extends Measurement {
  readonly exchanges: readonly Exchange[]
  readonly roundTrips: number
}

/** One subject at one latency. */
export interface Cell {
  readonly subject: Subject
  readonly latencyMilliseconds: number
  /** One for each round. */
  readonly samples: Sample[]
}

interface Prepared {
  readonly file: string
  readonly environment: JobEnvironment
}

/** All subjects, ready to be run, each with a repository and a grant of its own. */
export class Stage {
  /** For what the bench makes; removed at the end. */
  readonly folder: string
  readonly servers: Servers
  readonly #prepared = new Map<Subject['letter'], Prepared>()

  private constructor(folder: string, servers: Servers) {
    this.folder = folder
    this.servers = servers
  }

  /** @param anotherFile main of another version */
  static async set(anotherFile = ''): Promise<Stage> {
    const folder = mkdtempSync(join(tmpdir(), 'rotate-token-bench-'))
    const all = [...subjects, ...(anotherFile === '' ? [] : [another])]
    const [servers, files] = await Promise.all([
      Servers.start(all.map(repositoryOf)),
      makeFiles(folder, anotherFile),
    ])
    const stage = new Stage(folder, servers)
    for (const subject of all) {
      await stage.#prepare(subject, files[subject.letter])
    }
    return stage
  }

  async #prepare(subject: Subject, file: string): Promise<void> {
    const repository = repositoryOf(subject)
    const queued = await this.servers.queue(repository, untimed)
    const environment = await JobEnvironment.make(
      repository,
      this.servers.addresses,
      queued,
      subject.inputs ?? {},
    )
    this.#prepared.set(subject.letter, { file, environment })
  }

  /** Runs a subject once, with its servers looking on. */
  async run(
    subject: Subject,
    options: Partial<TrafficOptions> & {
      nodeOptions?: readonly string[]
      environment?: Readonly<Record<string, string>>
      /** Instead of the subject's own. */
      file?: string
    } = {},
  ): Promise<Sample> {
    const prepared = this.#prepared.get(subject.letter)
    if (prepared === undefined) throw new Error(`no subject ${subject.letter}`)
    const repository = repositoryOf(subject)
    const queued = await this.servers.queue(repository, {
      ...untimed,
      ...options,
    })
    const measurement = await measure(
      options.file ?? prepared.file,
      { ...prepared.environment.forRun(queued), ...options.environment },
      join(this.folder, 'meter.json'),
      options.nodeOptions,
    )
    const traffic = await this.servers.complete(repository, queued)
    if (traffic.exchanges.length > 0 !== subject.rotates) {
      throw new Error(`(${subject.letter}) did something else than it should`)
    }
    return { ...measurement, ...traffic }
  }

  clear(): void {
    this.servers.close()
    for (const { environment } of this.#prepared.values()) environment.remove()
    rmSync(this.folder, { recursive: true })
  }
}

const untimed: TrafficOptions = {
  latencyMilliseconds: 0,
  countsRoundTrips: false,
}

function repositoryOf({ letter }: Subject): string {
  return `acme/subject-${letter}`
}

async function makeFiles(
  folder: string,
  anotherFile: string,
): Promise<Record<Subject['letter'], string>> {
  // ECMAScript modules, as all the others are.
  mkdirSync(join(folder, 'empty'))
  writeFileSync(join(folder, 'empty', 'package.json'), '{"type":"module"}')
  const empty = join(folder, 'empty', 'index.js')
  writeFileSync(empty, '')
  const [plain, libraries] = await Promise.all(
    ['plain', 'libraries'].map((name) =>
      bundle(join(root, `bench/careless/${name}.ts`), join(folder, name)),
    ),
  )
  return {
    a: empty,
    b: plain ?? '',
    c: libraries ?? '',
    d: join(root, 'dist/main/index.js'),
    e: join(root, 'dist/main/index.js'),
    f: join(root, 'dist/post/index.js'),
    x: resolve(anotherFile),
  }
}
