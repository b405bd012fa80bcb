import type { System } from '../../src/rotation/ports.ts'

/** Time that passes only while somebody sleeps. */
export class TestSystem implements System {
  readonly sleeps: number[] = []
  #now = 0
  readonly #onSleep: (milliseconds: number) => void

  /** @param onSleep moves the clocks of the servers along */
  constructor(onSleep: (milliseconds: number) => void = () => undefined) {
    this.#onSleep = onSleep
  }

  monotonicMilliseconds(): number {
    return this.#now
  }

  async sleep(milliseconds: number): Promise<void> {
    this.sleeps.push(milliseconds)
    this.#now += milliseconds
    this.#onSleep(milliseconds)
  }

  random(): number {
    return 1
  }
}
