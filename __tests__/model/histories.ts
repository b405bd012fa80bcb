import { SecretValue } from '../../src/rotation/tokens/secret-value.ts'
import {
  replay,
  type Lies,
  type ProcessSpec,
  type Resolution,
  type Standing,
} from './process.ts'

/**
 * The clock of the servers, as far as anything can depend on it: every window that
 * the code measures with it is longer than all single seconds taken together, and
 * shorter than a jump or cut by it at the same place. The times of the secret, for
 * which single seconds matter, come with the looks at it.
 */
export function windowsClock(now: number): number {
  return now - (now % JUMP_SECONDS)
}

/** Longer than a cooling and a grace period; two of them outlast a lease. */
export const JUMP_SECONDS = 1000

interface Node {
  readonly spec: ProcessSpec
  /** One of the histories that lead here. */
  readonly history: readonly Resolution[]
  readonly standing: Standing
  /** What was pending before the last answer, and still is. */
  readonly together: ReadonlySet<number>
}

/**
 * A process stands where its history of answers has led it. Each history is run
 * once, however many worlds it comes up in, and histories that lead to the same
 * place have the same number.
 *
 * Where a process goes on from is not visible, but what it can depend on is little.
 * What it waits for holds what it is about to do, with all of a record that it
 * writes, and says, with the call before and how that was answered, where in the
 * code it is. From before that the code remembers: its inputs (the
 * specification), the version of the record that it saw last and the one that it
 * wrote last, when it was last confirmed, how many requests are indeterminate and how
 * many transitions were refused, the new token (the journal entry), and the last
 * look at the secret until the claim. Everything else that was read before is in
 * the records that were written because of it.
 * With `isPlain` every history is a place of its own; `conflicts` then counts the
 * places that would have gone on in two ways, and has to be 0.
 */
export class Histories {
  readonly #lies: Lies
  readonly #isPlain: boolean
  readonly #nodes: Node[] = []
  readonly #ids = new Map<string, number>()
  readonly #places = new Map<string, number>()
  readonly #placeOf: string[] = []
  readonly #ways = new Map<string, string>()
  #runs = 0
  conflicts = 0

  constructor(lies: Lies, isPlain: boolean) {
    this.#lies = lies
    this.#isPlain = isPlain
  }

  get size(): number {
    return this.#runs
  }

  standing(id: number): Standing {
    return this.#node(id).standing
  }

  /** Whether this call was already on its way when the last answer came. */
  isTogether(id: number, call: number): boolean {
    return this.#node(id).together.has(call)
  }

  begin(spec: ProcessSpec): number | Promise<number> {
    const key = JSON.stringify(spec)
    return this.#ids.get(key) ?? this.#run(key, spec, [], new Set(), undefined)
  }

  advance(id: number, resolution: Resolution): number | Promise<number> {
    const { call, answer, now, hasPostStarted } = resolution
    const key = `${id}|${call}|${now}|${hasPostStarted}|${keyOf(answer)}`
    const known = this.#ids.get(key)
    if (known !== undefined) return known
    const { spec, history, standing } = this.#node(id)
    const together = new Set(standing.pending.keys())
    const position = [...together].indexOf(call)
    const way = this.#isPlain
      ? `${this.#placeOf[id]}|${position}|${now}|${hasPostStarted}|${keyOf(answer)}`
      : undefined
    return this.#run(key, spec, [...history, resolution], together, way)
  }

  async #run(
    key: string,
    spec: ProcessSpec,
    history: readonly Resolution[],
    before: ReadonlySet<number>,
    way: string | undefined,
  ): Promise<number> {
    this.#runs += 1
    const standing = await replay(spec, history, this.#lies)
    const together = new Set(
      [...standing.pending.keys()].filter((call) => before.has(call)),
    )
    const place = placeOf({ spec, history, standing, together })
    let id = this.#isPlain ? undefined : this.#places.get(place)
    if (id === undefined) {
      id = this.#nodes.push({ spec, history, standing, together }) - 1
      this.#places.set(place, id)
    }
    if (way !== undefined) {
      this.#placeOf[id] = place
      if ((this.#ways.get(way) ?? place) !== place) this.conflicts += 1
      this.#ways.set(way, place)
    } else if (this.#isPlain) this.#placeOf[id] = place
    this.#ids.set(key, id)
    return id
  }

  #node(id: number): Node {
    const node = this.#nodes[id]
    if (node === undefined) throw new Error(`no history ${id}`)
    return node
  }
}

function placeOf({ spec, standing, together }: Node): string {
  const { report, effects, pending, heads, looked, memory } = standing
  if (report) {
    const { outcome, remedy } = report
    const isPrinted = remedy.includes('`restore ')
    return JSON.stringify([outcome, isPrinted, effects, memory.lastAnswer])
  }
  const calls = [...pending.values()]
  return JSON.stringify([
    spec,
    calls,
    together.size,
    effects,
    heads.map(({ key }) => key),
    looked,
    memory,
  ])
}

const keys = new WeakMap<object, string>()

function keyOf(answer: unknown): string {
  if (typeof answer !== 'object' || answer === null) return String(answer)
  const known = keys.get(answer)
  if (known !== undefined) return known
  const key = JSON.stringify(
    answer,
    // A secret has hidden itself by the time that its value comes in here.
    function (this: Record<string, unknown>, name, value: unknown) {
      const raw = this[name]
      return raw instanceof SecretValue ? raw.reveal() : value
    },
  )
  keys.set(answer, key)
  return key
}
