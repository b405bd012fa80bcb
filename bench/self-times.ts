import type { Exchange } from './gate.ts'
import { ownerOf, type Origins } from './origins.ts'
import { summarize } from './statistics.ts'

interface CallFrame {
  readonly functionName: string
  readonly url: string
  readonly lineNumber: number
  readonly columnNumber: number
}

interface ProfileNode {
  readonly id: number
  readonly callFrame: CallFrame
  readonly children?: readonly number[]
}

/** As V8 writes it; times in microseconds. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[]
  readonly startTime: number
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

const OWN_UNDICI = 'node:internal/deps/undici/undici'

/** Before the first request, until the provider's reply, until the exit. */
type Phases = [number, number, number]

export interface SelfTime {
  readonly name: string
  readonly phases: Phases
  readonly sum: number
}

/** Adds up what profiles say, by who owns the code and by function. */
export class SelfTimes {
  readonly #origins: Origins
  /** By name, for each run. */
  readonly #packages: Map<string, Phases>[] = []
  readonly #functions: Map<string, Phases>[] = []

  constructor(origins: Origins) {
    this.#origins = origins
  }

  add(profile: CpuProfile, exchanges: readonly Exchange[]): void {
    const reply = exchanges.find(({ path }) => path.endsWith('/token'))
    // V8 and node read the same monotonic clock.
    const [firstRequestAt = 0, repliedAt = 0] = [
      exchanges[0]?.arrivedAt,
      reply?.answeredAt,
    ].map((time) => Number(time ?? 0n) / 1000)
    const owners = this.#findOwners(profile.nodes)
    const packages = new Map<string, Phases>()
    const functions = new Map<string, Phases>()
    let time = profile.startTime
    profile.samples.forEach((id, index) => {
      time += profile.timeDeltas[index] ?? 0
      // A sample stands for the time until the next one.
      const duration = profile.timeDeltas[index + 1] ?? 0
      const phase = time < firstRequestAt ? 0 : time < repliedAt ? 1 : 2
      const owner = owners.get(id)
      if (owner === undefined) return
      addTo(packages, owner.package, phase, duration)
      addTo(functions, owner.function, phase, duration)
    })
    this.#packages.push(packages)
    this.#functions.push(functions)
  }

  byPackage(): SelfTime[] {
    return rank(this.#packages)
  }

  byFunction(): SelfTime[] {
    return rank(this.#functions)
  }

  /** What node does counts for the package that has called it. */
  #findOwners(
    nodes: readonly ProfileNode[],
  ): Map<number, { package: string; function: string }> {
    const parents = new Map<number, ProfileNode>()
    for (const node of nodes) {
      for (const child of node.children ?? []) parents.set(child, node)
    }
    return new Map(
      nodes.map((node) => {
        const callers = [node]
        for (
          let parent = parents.get(node.id);
          parent !== undefined;
          parent = parents.get(parent.id)
        ) {
          callers.push(parent)
        }
        const owner = callers
          .map(({ callFrame }) => this.#ownerOf(callFrame))
          .find((each) => each !== undefined)
        const { functionName, url } = node.callFrame
        const isOfNobody = url === '' && functionName.startsWith('(')
        return [
          node.id,
          {
            package:
              owner ??
              (isOfNobody ? functionName : 'node, for nobody in the bundle'),
            function: this.#describe(
              // What is native has no place of its own.
              callers.find(({ callFrame }) => callFrame.url !== '') ?? node,
              node,
            ),
          },
        ]
      }),
    )
  }

  #ownerOf({ url, lineNumber, columnNumber }: CallFrame): string | undefined {
    if (url === OWN_UNDICI) return "node's own undici"
    if (url !== this.#origins.url) return undefined
    return ownerOf(this.#origins.pathOf(lineNumber, columnNumber))
  }

  #describe(
    { callFrame: { url, lineNumber, columnNumber } }: ProfileNode,
    { callFrame: { functionName } }: ProfileNode,
  ): string {
    const name = functionName === '' ? '(anonymous)' : functionName
    if (url === '') return name
    const module =
      url === this.#origins.url
        ? this.#origins
            .pathOf(lineNumber, columnNumber)
            .replace(/^.*node_modules\//, '')
        : url
    return `${module}: ${name}`
  }
}

function addTo(
  times: Map<string, Phases>,
  name: string,
  phase: 0 | 1 | 2,
  duration: number,
): void {
  const phases = times.get(name) ?? [0, 0, 0]
  phases[phase] += duration
  times.set(name, phases)
}

/** By the median, because a run may have been interrupted anywhere. */
function rank(runs: readonly ReadonlyMap<string, Phases>[]): SelfTime[] {
  const names = new Set(runs.flatMap((run) => [...run.keys()]))
  names.delete('(idle)')
  return [...names]
    .map((name) => {
      const median = (phase: 0 | 1 | 2): number =>
        summarize(runs.map((run) => run.get(name)?.[phase] ?? 0)).median
      const phases: Phases = [median(0), median(1), median(2)]
      return { name, phases, sum: phases[0] + phases[1] + phases[2] }
    })
    .sort((a, b) => b.sum - a.sum)
}
