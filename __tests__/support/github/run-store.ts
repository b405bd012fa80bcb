import type { Clock } from '../clock.ts'
import type { GitStore } from './git-store.ts'

/** A run of a workflow, at its latest attempt. */
export interface WorkflowRun {
  readonly id: number
  readonly number: number
  /** Of the first attempt; GitHub never changes it. */
  readonly createdAt: Date
  readonly headSha: string
  status: 'queued' | 'in_progress' | 'completed'
  conclusion: string | null
  attempt: number
  startedAt: Date
  /** Those before the latest, the first one first. */
  readonly earlier: EndedAttempt[]
}

export interface EndedAttempt {
  readonly startedAt: Date
  readonly conclusion: string
}

/** The workflow runs of one repository. */
export class RunStore {
  readonly #clock: Clock
  readonly #firstId: number
  readonly #git: GitStore
  readonly all = new Map<number, WorkflowRun>()

  constructor(clock: Clock, firstId: number, git: GitStore) {
    this.#clock = clock
    this.#firstId = firstId
    this.#git = git
  }

  addRun({ createdAt = this.#clock.now() } = {}): WorkflowRun {
    const run: WorkflowRun = {
      id: this.#firstId + this.all.size,
      number: this.all.size + 1,
      createdAt,
      headSha: this.#git.head,
      status: 'in_progress',
      conclusion: null,
      attempt: 1,
      startedAt: createdAt,
      earlier: [],
    }
    this.all.set(run.id, run)
    return run
  }

  completeRun(run: WorkflowRun, conclusion = 'success'): void {
    run.status = 'completed'
    run.conclusion = conclusion
  }

  /** Starts the next attempt; what was still running is cancelled. */
  rerun(run: WorkflowRun): void {
    run.earlier.push({
      startedAt: run.startedAt,
      conclusion: run.conclusion ?? 'cancelled',
    })
    run.attempt += 1
    run.startedAt = this.#clock.now()
    run.status = 'in_progress'
    run.conclusion = null
  }
}
