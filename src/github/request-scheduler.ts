import type { Mark, System } from '../rotation/ports.ts'

/** Far below the hundred at once that GitHub allows an account. */
const MAX_AT_ONCE = 10
/** GitHub asks for this pause between many changes. */
const PAUSE_MILLISECONDS = 1000

export interface Turn {
  readonly isWrite: boolean
  /** One of many writes, none of them urgent. */
  readonly isPaced: boolean
  /** A request that cannot wait is sent at once: a refusal says more than nothing. */
  readonly patienceMilliseconds: number
}

/**
 * Schedules the requests of one credential: few at once, none while GitHub asks to
 * wait, and many writes with a pause between them.
 *
 * @see https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
 */
export class RequestScheduler {
  readonly #system: System
  #free = MAX_AT_ONCE
  readonly #waiting: (() => void)[] = []
  #written: Mark | undefined
  #hold: { readonly since: Mark; readonly milliseconds: number } | undefined

  constructor(system: System) {
    this.#system = system
  }

  /** GitHub has rate-limited a request. */
  holdFor(milliseconds: number): void {
    if (milliseconds <= this.#heldFor()) return
    this.#hold = { since: this.#system.mark(), milliseconds }
  }

  async run<T>(turn: Turn, work: () => Promise<T>): Promise<T> {
    await this.#begin()
    try {
      const wait = Math.max(this.#heldFor(), turn.isPaced ? this.#pause() : 0)
      if (wait > 0 && wait < turn.patienceMilliseconds) {
        await this.#system.sleep(wait)
      }
      return await work()
    } finally {
      if (turn.isWrite) this.#written = this.#system.mark()
      this.#end()
    }
  }

  /** How much of the pause after the last write is left. */
  #pause(): number {
    if (this.#written === undefined) return 0
    return PAUSE_MILLISECONDS - this.#system.millisecondsSince(this.#written)
  }

  #heldFor(): number {
    if (this.#hold === undefined) return 0
    const { since, milliseconds } = this.#hold
    return Math.max(milliseconds - this.#system.millisecondsSince(since), 0)
  }

  async #begin(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1
      return
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  #end(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#free += 1
  }
}
