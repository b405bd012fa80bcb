import { createHash, randomBytes } from 'node:crypto'

import type { Mark, System } from '../../src/rotation/ports.ts'
import type { SecretValue } from '../../src/rotation/tokens/secret-value.ts'
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

  fingerprint(token: SecretValue, salt: string): string {
    const hash = createHash('sha256').update(salt + token.reveal())
    return hash.digest('hex').slice(0, 32)
  }
}
