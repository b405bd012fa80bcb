import { randomBytes } from 'node:crypto'

import type { Mark, System } from '../../src/rotation/ports.ts'
import type { Clock } from './clock.ts'

/** Lives by the clock of the stand-ins, where sleeping takes no time of ours. */
export class ClockSystem implements System {
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  serverNow(): Date {
    return this.#clock.now()
  }

  elapsedMilliseconds(): number {
    return this.#clock.now().getTime()
  }

  mark(): Mark {
    const now = this.#clock.now().getTime()
    return { monotonicMilliseconds: now, wallMilliseconds: now }
  }

  millisecondsSince({ monotonicMilliseconds }: Mark): number {
    return this.#clock.now().getTime() - monotonicMilliseconds
  }

  async sleep(milliseconds: number): Promise<void> {
    this.#clock.advance(milliseconds)
  }

  random(): number {
    return Math.random()
  }

  randomHex(bytes: number): string {
    return randomBytes(bytes).toString('hex')
  }
}
