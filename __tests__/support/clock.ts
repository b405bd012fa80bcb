/** The time that a stand-in tells. It runs, and it can be set. */
export class Clock {
  #offsetMilliseconds = 0

  now(): Date {
    return new Date(Date.now() + this.#offsetMilliseconds)
  }

  set(time: Date): void {
    this.#offsetMilliseconds = time.getTime() - Date.now()
  }

  advance(milliseconds: number): void {
    this.#offsetMilliseconds += milliseconds
  }
}
