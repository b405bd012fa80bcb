import type { Mark, System } from '../../src/rotation/ports.ts'

/** Time that passes only while somebody sleeps, or when a test says so. */
export class TestSystem implements System {
  readonly sleeps: number[] = []
  #now = Date.parse('2026-01-01T12:00:00Z')
  #randoms = 0
  readonly #onSleep: (milliseconds: number) => void

  /** @param onSleep moves the clocks of the servers along */
  constructor(onSleep: (milliseconds: number) => void = () => undefined) {
    this.#onSleep = onSleep
  }

  pass(milliseconds: number): void {
    this.#now += milliseconds
  }

  serverNow(): Date {
    return new Date(this.#now)
  }

  elapsedMilliseconds(): number {
    return 0
  }

  mark(): Mark {
    return { monotonicMilliseconds: this.#now, wallMilliseconds: this.#now }
  }

  millisecondsSince({ monotonicMilliseconds }: Mark): number {
    return this.#now - monotonicMilliseconds
  }

  async sleep(milliseconds: number): Promise<void> {
    this.sleeps.push(milliseconds)
    this.pass(milliseconds)
    this.#onSleep(milliseconds)
  }

  random(): number {
    return 1
  }

  randomHex(bytes: number): string {
    this.#randoms += 1
    return String(this.#randoms).padStart(bytes * 2, '0')
  }
}
