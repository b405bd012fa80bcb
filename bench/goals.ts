import type { Results, Row } from './results.ts'

export interface Goal {
  readonly number: number
  readonly goal: string
  readonly isMet: boolean
  readonly figure: string
}

const LATENCY_MILLISECONDS = 50

/** What is wanted. Nothing fails when it is not met: timing never decides. */
export function judge(results: Omit<Results, 'goals'>): Goal[] {
  const main = row(results, 'e', 0)
  const delayed = row(results, 'e', LATENCY_MILLISECONDS)
  const { wall, cpu, peak } = main.toLibraries
  const least =
    row(results, 'c', 0).wallMilliseconds.median +
    main.roundTrips * LATENCY_MILLISECONDS
  const share = delayed.wallMilliseconds.median / least
  const post = row(results, 'f', 0).toEmpty.wall.median
  const { distBytes, endurance } = results
  const megabytes = distBytes.total / 1e6
  return [
    atMost(1, 'main / careless on our libraries, wall time', wall.median, 1.3),
    atMost(1, 'main / careless on our libraries, CPU time', cpu.median, 1.3),
    atMost(
      1,
      'main / careless on our libraries, peak memory',
      peak.median,
      1.1,
    ),
    atMost(
      1,
      "main / careless on node's http, wall time (an aim)",
      main.toPlain.wall.median,
      2.2,
    ),
    atMost(
      1,
      'main, peak memory (an aim)',
      main.peakMegabytes.median,
      95,
      'MB',
    ),
    atMost(
      2,
      `main at ${LATENCY_MILLISECONDS} ms / (careless at 0 ms + ${main.roundTrips} round trips)`,
      share,
      1.1,
    ),
    atMost(3, 'post with nothing to do / an empty process', post, 1.3),
    ...results.afterReply.flatMap(
      ({ latencyMilliseconds: latency, journaled, stored }) => [
        atMost(
          4,
          `reply to journal at ${latency} ms, p99`,
          journaled.p99,
          5,
          'ms',
        ),
        atMost(
          4,
          `reply to stored secret at ${latency} ms, p99`,
          stored.p99,
          latency + 10,
          'ms',
        ),
      ],
    ),
    atMost(5, 'dist without licences', megabytes, 2.8, 'MB'),
    ...(['heap', 'resident'] as const).map((kind) =>
      atMost(
        6,
        `${endurance.rotations} rotations, growth of the ${kind} memory after the warm-up`,
        endurance[`${kind}GrowthMegabytes`],
        5,
        'MB',
      ),
    ),
  ]
}

function atMost(
  number: number,
  goal: string,
  value: number,
  limit: number,
  unit = '×',
): Goal {
  return {
    number,
    goal: `${goal}: at most ${limit} ${unit}`,
    isMet: value <= limit,
    figure: `${value.toFixed(2)} ${unit}`,
  }
}

function row(
  { rows }: Omit<Results, 'goals'>,
  letter: string,
  latencyMilliseconds: number,
): Row {
  const found = rows.find(
    (each) =>
      each.letter === letter &&
      each.latencyMilliseconds === latencyMilliseconds,
  )
  if (found === undefined) throw new Error(`(${letter}) was not measured`)
  return found
}
