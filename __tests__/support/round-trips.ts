import type { Fault } from './fault-proxy.ts'

/** Long enough for requests that are sent together to arrive together. */
const QUIET_MILLISECONDS = 250

/**
 * Counts sequential round trips: a request is held until no other one comes, and
 * all that have come by then go on together.
 */
export class RoundTrips {
  count = 0
  readonly #held: (() => void)[] = []
  #timer: NodeJS.Timeout | undefined

  readonly fault: Fault = { kind: 'wait', until: () => this.#join() }

  #join(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.count += 1
      for (const release of this.#held.splice(0)) release()
    }, QUIET_MILLISECONDS)
    return new Promise((resolve) => this.#held.push(resolve))
  }
}
