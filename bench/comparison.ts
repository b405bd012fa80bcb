import { createRandom, shuffle, summarize, type Summary } from './statistics.ts'
import { another, subjects, type Sample, type Stage } from './subjects.ts'

/** What is compared, and how it is read off a sample. */
const figures: Readonly<Record<string, (sample: Sample) => number>> = {
  'wall time': ({ wallMilliseconds }) => wallMilliseconds,
  'CPU time': ({ cpuMilliseconds }) => cpuMilliseconds,
  'peak memory': ({ peakMegabytes }) => peakMegabytes,
}

/** The first rounds only warm the servers up. */
const WARM_UP_ROUNDS = 3

/**
 * Runs main of this `dist/` and another one, both once in each round, in an order
 * of its own: what slows the machine for a while slows both.
 *
 * @returns how many times as much ours takes
 */
export async function compare(
  stage: Stage,
  rounds: number,
  seed: number,
): Promise<[figure: string, latency: number, ratio: Summary][]> {
  const ours = subjects.find(({ letter }) => letter === 'e')
  if (ours === undefined) throw new Error('no main')
  const random = createRandom(seed)
  const ratios: [string, number, Summary][] = []
  for (const latencyMilliseconds of [0, 50]) {
    const pairs: [ours: Sample, theirs: Sample][] = []
    for (let round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
      const samples = new Map<typeof ours, Sample>()
      for (const subject of shuffle([ours, another], random)) {
        samples.set(subject, await stage.run(subject, { latencyMilliseconds }))
      }
      const [mine, other] = [samples.get(ours), samples.get(another)]
      if (round >= WARM_UP_ROUNDS && mine && other) pairs.push([mine, other])
    }
    for (const [figure, read] of Object.entries(figures)) {
      const each = pairs.map(([mine, other]) => read(mine) / read(other))
      ratios.push([figure, latencyMilliseconds, summarize(each)])
    }
  }
  return ratios
}
