import { spawn, type ChildProcess } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { parse } from 'yaml'

import {
  CommandReader,
  addMask,
  maskText,
  readFileCommands,
  type Annotation,
} from './commands.ts'
import { evaluate, type Contexts } from './expressions.ts'

interface ActionManifest {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>
  readonly runs: { readonly main: string; readonly post: string }
}

const actionFolder = fileURLToPath(new URL('../../..', import.meta.url))

/** What a job gives to a step. */
export interface Job {
  readonly repository: string
  readonly eventName: string
  readonly event?: Readonly<Record<string, unknown>>
  readonly actor?: string
  readonly apiUrl: string
  readonly runId?: string
  readonly runAttempt?: string
  /** `github.token`. */
  readonly token?: string
  /** `job.status` when the step begins. */
  readonly status?: 'success' | 'failure' | 'cancelled'
  /** The `secrets` context, as GitHub fixed it for this job. */
  readonly secrets: Readonly<Record<string, string>>
  /** The `vars` context. */
  readonly variables?: Readonly<Record<string, string>>
  /** The `matrix` context. */
  readonly matrix?: Readonly<Record<string, string>>
  /** Added to the environment of the steps. */
  readonly environment?: Readonly<Record<string, string>>
}

/** How one process of the action ended, and all that it left. */
export interface StepResult {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  /** Both streams as they were written, before any masking. */
  readonly rawOutput: string
  /** What the log of the job shows. */
  readonly log: readonly string[]
  readonly annotations: readonly Annotation[]
  readonly outputs: Readonly<Record<string, string>>
  readonly state: Readonly<Record<string, string>>
  /** As GitHub shows it, so after masking. */
  readonly summary: string
  /** All files of the job after the process, by path, before any masking. */
  readonly files: Readonly<Record<string, string>>
}

export interface RunResult {
  readonly main: StepResult
  readonly post: StepResult
}

/** What happens to the processes of the action, besides what they do. */
export interface Interference {
  /** Get the process, to do something to it. */
  readonly onStart?: (main: ChildProcess) => void
  /** Gets the folder that all steps of the job share, when main has ended. */
  readonly betweenSteps?: (temporaryFolder: string) => void
  /** What steps in between have put into `GITHUB_ENV`. */
  readonly postEnvironment?: Readonly<Record<string, string>>
  readonly onPostStart?: (post: ChildProcess) => void
  /** The machine is gone when main has ended: its disk, too, and no post step. */
  readonly isMachineLost?: boolean
  /**
   * When this is settled the post step starts, although main is still there: in a
   * container the runner's signals do not reach it.
   */
  readonly giveUpOnMain?: Promise<void>
}

/** What the runner does to the process of a step when its job is cancelled. */
export function cancelStep(step: ChildProcess): void {
  step.kill('SIGINT')
  const term = setTimeout(() => step.kill('SIGTERM'), 7_500)
  const kill = setTimeout(() => step.kill('SIGKILL'), 10_000)
  step.once('close', () => {
    clearTimeout(term)
    clearTimeout(kill)
  })
}

/** Of a process that never was. */
const noStep: StepResult = {
  exitCode: null,
  signal: null,
  rawOutput: '',
  log: [],
  annotations: [],
  outputs: {},
  state: {},
  summary: '',
  files: {},
}

/**
 * Does with the action what actions/runner does: reads action.yml, evaluates the
 * inputs, starts the bundle as a process, reads its commands and files, and
 * starts the post step afterwards whatever became of the main one.
 */
export class Runner {
  readonly #job: Job
  readonly #folder = mkdtempSync(join(tmpdir(), 'rotate-token-runner-'))
  readonly #masks = new Set<string>()
  readonly #manifest: ActionManifest
  #steps = 0

  constructor(job: Job) {
    this.#job = job
    this.#manifest = parse(
      readFileSync(join(actionFolder, 'action.yml'), 'utf8'),
    ) as ActionManifest
    for (const secret of Object.values(job.secrets)) {
      addMask(this.#masks, secret.trim())
    }
    mkdirSync(join(this.#folder, 'temp'))
    mkdirSync(join(this.#folder, 'workspace'))
    writeFileSync(this.#eventFile, JSON.stringify(job.event ?? {}))
  }

  /**
   * @param inputs the `with:` of the step, expressions and all
   */
  async run(
    inputs: Readonly<Record<string, string>>,
    {
      onStart,
      betweenSteps,
      postEnvironment,
      onPostStart,
      isMachineLost = false,
      giveUpOnMain,
    }: Interference = {},
  ): Promise<RunResult> {
    try {
      const started = this.start('main', inputs, {})
      onStart?.(started.process)
      await (giveUpOnMain ?? started.finished)
      if (isMachineLost) return { main: await started.finished, post: noStep }
      betweenSteps?.(join(this.#folder, 'temp'))
      const post = this.start(
        'post',
        inputs,
        started.readState(),
        postEnvironment,
      )
      onPostStart?.(post.process)
      return { post: await post.finished, main: await started.finished }
    } finally {
      rmSync(this.#folder, { recursive: true })
    }
  }

  start(
    step: 'main' | 'post',
    inputs: Readonly<Record<string, string>>,
    state: Readonly<Record<string, string>>,
    environment: Readonly<Record<string, string>> = {},
  ): {
    process: ChildProcess
    finished: Promise<StepResult>
    readState: () => Record<string, string>
  } {
    const files = this.#createFiles()
    const child = spawn(
      process.execPath,
      [join(actionFolder, this.#manifest.runs[step])],
      {
        cwd: join(this.#folder, 'workspace'),
        env: {
          ...this.#environment(),
          ...environment,
          ...this.#inputVariables(inputs),
          ...prefix('STATE_', state),
          ...files,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    return {
      process: child,
      finished: this.#collect(child, files),
      readState: () =>
        readFileCommands(readFileSync(files['GITHUB_STATE'] ?? '', 'utf8')),
    }
  }

  async #collect(
    child: ChildProcess,
    files: Readonly<Record<string, string>>,
  ): Promise<StepResult> {
    const reader = new CommandReader(this.#masks)
    const raw: string[] = []
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue
      stream.setEncoding('utf8')
      stream.on('data', (text: string) => raw.push(text))
      createInterface({ input: stream }).on('line', (line) => {
        reader.read(line)
      })
    }
    const [exitCode, signal] = await new Promise<
      [number | null, NodeJS.Signals | null]
    >((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (...ended) => {
        resolve(ended)
      })
    })
    const read = (name: string): string =>
      readFileSync(files[name] ?? '', 'utf8')
    return {
      exitCode,
      signal,
      rawOutput: raw.join(''),
      log: reader.log,
      annotations: reader.annotations,
      outputs: readFileCommands(read('GITHUB_OUTPUT')),
      state: readFileCommands(read('GITHUB_STATE')),
      summary: maskText(read('GITHUB_STEP_SUMMARY'), this.#masks),
      files: readFolder(this.#folder),
    }
  }

  #createFiles(): Record<string, string> {
    const folder = join(this.#folder, 'temp', '_runner_file_commands')
    mkdirSync(folder, { recursive: true })
    this.#steps += 1
    return Object.fromEntries(
      ['OUTPUT', 'STATE', 'ENV', 'PATH', 'STEP_SUMMARY'].map((name) => {
        const file = join(folder, `${name.toLowerCase()}_${this.#steps}`)
        writeFileSync(file, '')
        return [`GITHUB_${name}`, file]
      }),
    )
  }

  get #eventFile(): string {
    return join(this.#folder, 'event.json')
  }

  #environment(): Record<string, string> {
    const job = this.#job
    const [owner = ''] = job.repository.split('/')
    return {
      PATH: process.env['PATH'] ?? '',
      HOME: join(this.#folder, 'workspace'),
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_ACTOR: job.actor ?? 'octocat',
      GITHUB_API_URL: job.apiUrl,
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_EVENT_NAME: job.eventName,
      GITHUB_EVENT_PATH: this.#eventFile,
      GITHUB_REPOSITORY: job.repository,
      GITHUB_REPOSITORY_OWNER: owner,
      GITHUB_RUN_ID: job.runId ?? '1',
      GITHUB_RUN_ATTEMPT: job.runAttempt ?? '1',
      GITHUB_JOB: 'rotate',
      GITHUB_WORKSPACE: join(this.#folder, 'workspace'),
      RUNNER_TEMP: join(this.#folder, 'temp'),
      RUNNER_OS: 'Linux',
      ...job.environment,
    }
  }

  #inputVariables(
    given: Readonly<Record<string, string>>,
  ): Record<string, string> {
    const { inputs } = this.#manifest
    for (const name of Object.keys(given)) {
      // The runner only warns; in a test it is a mistake.
      if (!(name in inputs)) throw new Error(`Unexpected input '${name}'`)
    }
    const contexts: Contexts = {
      github: {
        api_url: this.#job.apiUrl,
        repository: this.#job.repository,
        event_name: this.#job.eventName,
        token: this.#job.token ?? '',
      },
      secrets: this.#job.secrets,
      vars: this.#job.variables ?? {},
      matrix: this.#job.matrix ?? {},
      job: { status: this.#job.status ?? 'success' },
    }
    return Object.fromEntries(
      Object.entries(inputs).map(([name, { default: byDefault = '' }]) => [
        `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
        evaluate(given[name] ?? byDefault, contexts),
      ]),
    )
  }
}

function readFolder(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => {
        const file = join(parentPath, name)
        return [relative(folder, file), readFileSync(file, 'utf8')]
      }),
  )
}

function prefix(
  start: string,
  values: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [start + name, value]),
  )
}

// On its own: node __tests__/support/runner/runner.ts job.json, with a Job and
// its `with`. Without secrets, those of the stand-in at `apiUrl` are used.
if (import.meta.main) {
  const { with: inputs, ...job } = JSON.parse(
    readFileSync(process.argv[2] ?? '', 'utf8'),
  ) as Omit<Job, 'secrets'> &
    Partial<Pick<Job, 'secrets'>> & { with: Record<string, string> }
  const secrets = job.secrets ?? (await queueRun(job))
  const { main, post } = await new Runner({ ...job, secrets }).run(inputs)
  console.log([...main.log, ...post.log].join('\n'))
  console.log(main.outputs)
  process.exitCode = main.exitCode ?? 1
}

async function queueRun({
  apiUrl,
  repository,
}: Pick<Job, 'apiUrl' | 'repository'>): Promise<Record<string, string>> {
  const response = await fetch(`${apiUrl}/_control/queue-run`, {
    method: 'POST',
    body: JSON.stringify({ repository }),
  })
  return (await response.json()) as Record<string, string>
}
