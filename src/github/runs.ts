import type { Runs } from '../rotation/ports.ts'
import type { Owner } from '../rotation/record/record.ts'
import { readTime } from '../rotation/outcome/time.ts'
import { isSuccess } from './answer.ts'
import type { Api } from './api.ts'
import { routes } from './routes.ts'

/** Missing facts are no reason to delay a rotation. */
const BUDGET_MILLISECONDS = 20_000

interface RunAttempt {
  readonly status?: unknown
  readonly created_at?: unknown
}

/**
 * @see https://docs.github.com/en/rest/actions/workflow-runs#get-a-workflow-run-attempt
 */
export class WorkflowRuns implements Runs {
  readonly #api: Api
  readonly #self: Owner
  readonly #info: (line: string) => void

  constructor(api: Api, self: Owner, info: (line: string) => void) {
    this.#api = api
    this.#self = self
    this.#info = info
  }

  async readCreation(): Promise<Date | undefined> {
    // That of the first attempt, whichever attempt is asked for.
    const attempt = await this.#read(this.#self)
    const createdAt = readTime(attempt?.created_at)
    if (createdAt) return createdAt
    this.#info(
      "The creation time of this run could not be read ('record-token' needs the permission actions: read), so a refresh token that was outdated when the run began, or written in the same second, may be taken for a new one.",
    )
    return undefined
  }

  async hasEnded(owner: Owner): Promise<'ended' | 'running' | 'unknown'> {
    const { status } = (await this.#read(owner)) ?? {}
    if (typeof status !== 'string') return 'unknown'
    return status === 'completed' ? 'ended' : 'running'
  }

  async #read({
    repository: fullName,
    runId,
    attempt,
  }: Owner): Promise<RunAttempt | undefined> {
    const [owner = '', repo = ''] = fullName.split('/')
    const answer = await this.#api.send({
      route: routes.readRunAttempt,
      parameters: { owner, repo, run_id: runId, attempt_number: attempt },
      budgetMilliseconds: BUDGET_MILLISECONDS,
    })
    return isSuccess(answer) ? (answer.data as RunAttempt) : undefined
  }
}
