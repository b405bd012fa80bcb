import { liesOf } from './ablations.ts'
import type { MakeVersion } from './answers.ts'
import { attacksOn } from './attacks.ts'
import { endCleanly, stayAway } from './ending.ts'
import { Histories } from './histories.ts'
import { forgetRuns, nameByContent, nameByCount, Numbers } from './names.ts'
import { Outside, withStale } from './outside.ts'
import { isQuiet, renew } from './quiet.ts'
import { Steps, type Step } from './steps.ts'
import { Visited } from './visited.ts'
import {
  checkDurability,
  checkPlace,
  start,
  type Config,
  type Resources,
  type Violation,
  type World,
} from './world.ts'

export interface Search {
  readonly config: Config
  readonly runs: number
  readonly faults: number
  /** How often the clock may jump. */
  readonly waits: number
  /** How often somebody writes to the record who may write contents; none. */
  readonly attacks?: number
  /** Stop after the first violation. */
  readonly isQuick?: boolean
  /** Without the reductions, to see that they hide nothing. */
  readonly isPlain?: boolean
}

export interface Findings {
  readonly states: number
  /** Histories of the shipped code that were run. */
  readonly histories: number
  /** Places in the code that were taken for one and are not; must be 0. */
  readonly conflicts: number
  /** With the first trace to each. */
  readonly violations: ReadonlyMap<Violation, readonly string[]>
  /** Ends in which the token was lost, all of them in a gap. */
  readonly lost: number
  readonly ends: number
  /** All the ways in which runs have ended. */
  readonly outcomes: ReadonlySet<string>
}

interface Path {
  readonly label: string
  readonly before: Path | undefined
}

interface Place {
  readonly world: World
  readonly path: Path | undefined
}

/**
 * Goes through everything that can happen to some runs with some faults, with the
 * shipped code in the runs. A state is where every process stands and what the
 * world holds.
 */
export function explore(search: Search): Promise<Findings> {
  return new Explorer(search).run()
}

class Explorer {
  readonly #search: Search
  readonly #histories: Histories
  readonly #makeVersion: MakeVersion
  readonly #steps: Steps
  readonly #outside: Outside
  readonly #visited: Visited
  readonly #ended = new Set<string>()
  readonly #outcomes = new Set<string>()
  readonly #violations = new Map<Violation, readonly string[]>()
  #states = 0
  #lost = 0

  constructor(search: Search) {
    const { config, isPlain } = search
    const numbers = new Numbers()
    this.#search = search
    this.#histories = new Histories(liesOf(config.ablation), isPlain === true)
    this.#visited = new Visited(numbers, search)
    this.#makeVersion = isPlain
      ? nameByCount
      : nameByContent(numbers, this.#histories)
    this.#steps = new Steps(config, this.#histories, this.#makeVersion)
    this.#outside = new Outside(config, this.#steps, isPlain === true)
  }

  async run(): Promise<Findings> {
    const { runs, faults, waits, attacks = 0, isQuick } = this.#search
    const resources = {
      runsLeft: runs,
      faultsLeft: faults,
      waitsLeft: waits,
      attacksLeft: attacks,
    }
    const queue = new Queue(resources)
    const first = start(resources, this.#search.config)
    queue.push({ world: first, path: undefined })
    for (let next = queue.pop(); next; next = queue.pop()) {
      const { world, path } = next
      if (!this.#visited.isNew(world)) continue
      this.#states += 1
      for (const violation of [checkDurability(world), checkPlace(world)]) {
        if (violation) this.#report(violation, path)
      }
      await this.#checkEnd(world, path)
      if (isQuick && this.#violations.size > 0) break
      for (const step of await this.#stepsFrom(world)) {
        if (step.outcome) this.#outcomes.add(step.outcome)
        const after = { label: step.label, before: path }
        if (step.violation) this.#report(step.violation, after)
        queue.push({ world: this.#tidy(step.world), path: after })
      }
    }
    return {
      states: this.#states,
      histories: this.#histories.size,
      conflicts: this.#histories.conflicts,
      violations: this.#violations,
      lost: this.#lost,
      ends: this.#ended.size,
      outcomes: this.#outcomes,
    }
  }

  #report(violation: Violation, path: Path | undefined): void {
    if (this.#violations.has(violation)) return
    this.#violations.set(violation, unroll(path))
  }

  #tidy(world: World): World {
    if (this.#search.isPlain) return world
    const { head, secret, faultsLeft } = world
    // No read lags without a fault.
    const after =
      faultsLeft > 0
        ? world
        : { ...world, headBefore: head, secretBefore: secret }
    return isQuiet(after)
      ? renew(after, this.#search.config, this.#makeVersion)
      : forgetRuns(after, this.#histories)
  }

  async #stepsFrom(world: World): Promise<Step[]> {
    const doomed = this.#search.isPlain
      ? undefined
      : await this.#steps.doomed(world)
    if (doomed) return doomed
    const inGap = this.#steps.inGap(world)
    if (inGap !== undefined) return this.#stepsOfRun(world, inGap)

    const steps: Step[] = []
    for (const [index, run] of world.runs.entries()) {
      if (typeof run === 'object') {
        steps.push(...(await this.#stepsOfRun(world, index)))
      }
    }
    steps.push(
      ...this.#outside.lateCommits(world),
      ...(await this.#outside.starts(world)),
      ...this.#outside.changes(world),
    )
    if (world.attacksLeft > 0) {
      const { ablation } = this.#search.config
      steps.push(...attacksOn(world, this.#makeVersion, ablation))
    }
    return this.#search.isPlain
      ? steps
      : steps.flatMap((step) => withStale(world, step))
  }

  async #stepsOfRun(world: World, index: number): Promise<Step[]> {
    return [
      ...(await this.#steps.answers(world, index)),
      ...(await this.#steps.post(world, index)),
      ...(world.faultsLeft > 0 ? await this.#steps.faults(world, index) : []),
    ]
  }

  async #checkEnd(world: World, path: Path | undefined): Promise<void> {
    // Runs that wait are no matter here: the same world without them comes up too.
    if (!isQuiet(world) || world.waiting.length > 0) return
    const key = this.#visited.keyOf(world)
    if (this.#ended.has(key)) return
    this.#ended.add(key)
    const { faults, attacks = 0 } = this.#search
    const { isStored, violations } = await endCleanly(
      world,
      this.#steps,
      (each) => this.#tidy(each),
      world.faultsLeft === faults,
    )
    if (attacks > 0) {
      const { ablation } = this.#search.config
      violations.push(
        ...(await stayAway(world, this.#steps, (each) =>
          attacksOn(each, this.#makeVersion, ablation),
        )),
      )
    }
    if (!isStored) this.#lost += 1
    for (const violation of violations) this.#report(violation, path)
  }
}

/** The most resources first: a world with fewer of them has nothing new then. */
class Queue {
  readonly #stacks: (Place[] | undefined)[] = []
  readonly #most: Resources

  constructor(most: Resources) {
    this.#most = most
  }

  push(place: Place): void {
    const { faultsLeft, waitsLeft, runsLeft, attacksLeft } = place.world
    const { waitsLeft: waits, runsLeft: runs, faultsLeft: faults } = this.#most
    const spent =
      (((this.#most.attacksLeft - attacksLeft) * (faults + 1) +
        (faults - faultsLeft)) *
        (waits + 1) +
        (waits - waitsLeft)) *
        (runs + 1) +
      (runs - runsLeft)
    const stack = (this.#stacks[spent] ??= [])
    stack.push(place)
  }

  pop(): Place | undefined {
    return this.#stacks.find((stack) => stack && stack.length > 0)?.pop()
  }
}

function unroll(path: Path | undefined): string[] {
  const labels: string[] = []
  for (let at = path; at; at = at.before) labels.unshift(at.label)
  return labels
}
