import type { Numbers } from './names.ts'
import type { Resources, Slot, World } from './world.ts'

interface Limits {
  readonly runs: number
  readonly faults: number
  readonly waits: number
  readonly attacks?: number
  readonly isPlain?: boolean
}

/**
 * The worlds that were seen. A world that was seen with at least as many faults,
 * runs and jumps of the clock left is not new: everything that can happen to it
 * can happen to that one, too, since nothing has to be used up.
 */
export class Visited {
  readonly #numbers: Numbers
  readonly #limits: Limits
  /** One bit for each combination of what may be left. */
  readonly #seen = new Map<string, number>()

  constructor(numbers: Numbers, limits: Limits) {
    this.#numbers = numbers
    this.#limits = limits
    const { runs, faults, waits, attacks = 0 } = limits
    if ((runs + 1) * (faults + 1) * (waits + 1) * (attacks + 1) > 31) {
      throw new RangeError('too many combinations for one number')
    }
  }

  isNew(world: World): boolean {
    const key = this.keyOf(world)
    const seen = this.#seen.get(key) ?? 0
    if ((seen & this.#bit(world)) !== 0) return false
    this.#seen.set(key, seen | this.#covered(world))
    return true
  }

  keyOf(world: World): string {
    const { secret, secretBefore, head, headBefore } = world
    const parts = [
      this.#number(world.provider),
      this.#number(secret),
      head?.key ?? '',
      secretBefore === secret ? '' : this.#number(secretBefore),
      headBefore === head ? '' : (headBefore?.key ?? '-'),
      this.#number(world.access),
    ]
    const waiting = world.waiting.map(
      ({ createdAt, snapshot, access }) =>
        `${createdAt}${snapshot}${access ?? ''}`,
    )
    return `${world.now}|${parts.join()}|${world.late.join()}|${world.newest}${world.isExcused ? '!' : ''}${world.isForged ? '?' : ''}${world.isReset ? '0' : ''}${world.isEither ? '=' : ''}${world.isPutBack ? '<' : ''}${world.past.map((content) => this.#numbers.of(content)).join()}|${waiting.sort().join()}|${world.runs.map((run) => this.#keyOfRun(run)).join('|')}`
  }

  #keyOfRun(run: Slot): string {
    if (typeof run !== 'object') return run === undefined ? '' : '-'
    const { main, post, journal, hasEnded, isDeaf } = run
    const flags = (hasEnded ? 1 : 0) + (isDeaf ? 2 : 0)
    return `${main ?? ''},${post ?? (post === null ? '-' : '')},${this.#number(journal)},${flags}`
  }

  #number(part: object | undefined): string {
    return part === undefined ? '' : String(this.#numbers.of(part))
  }

  #bit({ faultsLeft, waitsLeft, runsLeft, attacksLeft }: Resources): number {
    const { runs, faults, waits } = this.#limits
    return (
      1 <<
      (((attacksLeft * (faults + 1) + faultsLeft) * (waits + 1) + waitsLeft) *
        (runs + 1) +
        runsLeft)
    )
  }

  #covered(left: Resources): number {
    if (this.#limits.isPlain) return this.#bit(left)
    let bits = 0
    for (let a = 0; a <= left.attacksLeft; a++) {
      for (let f = 0; f <= left.faultsLeft; f++) {
        for (let w = 0; w <= left.waitsLeft; w++) {
          for (let r = 0; r <= left.runsLeft; r++) {
            bits |= this.#bit({
              attacksLeft: a,
              faultsLeft: f,
              waitsLeft: w,
              runsLeft: r,
            })
          }
        }
      }
    }
    return bits
  }
}
