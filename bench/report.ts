import type { Results, Row } from './results.ts'
import type { Summary } from './statistics.ts'

/** Prints the results in Markdown, which is readable as it is. */
export function print(results: Results): void {
  const { machine, seed, rounds, rows, distBytes, endurance } = results
  console.log(`${machine}; ${rounds} rounds, seed ${seed}

Medians, ± half of the interquartile range. Ratios are those within each round,
to (c) at 0 ms. "Servers" is what the servers took, all requests added up.
`)
  console.log(
    table([
      [
        ...['', 'Subject', 'Latency', 'Wall ms', 'CPU ms', 'Peak MB'],
        ...['Requests', 'Round trips', 'Servers ms', 'Wall : (c)', 'CPU : (c)'],
        'Peak : (c)',
      ],
      ...rows.map(describeRow),
    ]),
  )
  console.log(`
Milliseconds from the last byte of the provider's reply
`)
  console.log(
    table([
      ['Latency', 'Runs', 'To', 'p50', 'p99'],
      ...results.afterReply.flatMap(
        ({ latencyMilliseconds, journaled, writeArrived, stored }) =>
          (
            [
              ['the journal on disk', journaled],
              ['the write of the secret at GitHub', writeArrived],
              ["GitHub's answer to it", stored],
            ] as const
          ).map(([to, { count, median, p99 }]) => [
            String(latencyMilliseconds),
            String(count),
            to,
            median.toFixed(2),
            p99.toFixed(2),
          ]),
      ),
    ]),
  )
  const { milliseconds } = endurance
  console.log(`
${endurance.rotations} rotations in one process: ${spread(milliseconds, 2)} ms each; after collections of
garbage from the end of the warm-up to the end, in MB
  heap      ${endurance.heapMegabytes.map((each) => each.toFixed(1)).join(' ')}
  resident  ${endurance.residentMegabytes.map((each) => each.toFixed(1)).join(' ')}
decisions: ${perSecond(results.decisions.decidePerSecond)} before a claim, ${perSecond(results.decisions.examinePerSecond)} after one;
  ${perSecond(results.decisions.transitionsPerSecond)} claims with their commits
dist without licences: ${distBytes.total} bytes (main ${distBytes.main}, post ${distBytes.post})
`)
  console.log(
    table([
      ['Goal', '', 'Figure', 'Met'],
      ...results.goals.map(({ number, goal, figure, isMet }) => [
        String(number),
        goal,
        figure,
        isMet ? 'yes' : 'NO',
      ]),
    ]),
  )
}

function describeRow(row: Row): string[] {
  const { toLibraries } = row
  return [
    `(${row.letter})`,
    row.title,
    String(row.latencyMilliseconds),
    spread(row.wallMilliseconds, 1),
    spread(row.cpuMilliseconds, 1),
    spread(row.peakMegabytes, 1),
    String(row.requests),
    String(row.roundTrips),
    row.serverMilliseconds.median.toFixed(1),
    spread(toLibraries.wall, 2),
    spread(toLibraries.cpu, 2),
    spread(toLibraries.peak, 2),
  ]
}

function spread(
  { median, interquartileRange }: Summary,
  digits: number,
): string {
  return `${median.toFixed(digits)} ± ${(interquartileRange / 2).toFixed(digits)}`
}

function perSecond(count: number): string {
  return `${(count / 1e6).toFixed(2)} million a second`
}

/** As Prettier writes tables, so that it can be put into the README. */
export function table(rows: readonly (readonly string[])[]): string {
  const [head = []] = rows
  const widths = head.map((_, column) =>
    Math.max(3, ...rows.map((cells) => (cells[column] ?? '').length)),
  )
  const lines = rows.map(
    (cells) =>
      `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`,
  )
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return [lines[0], rule, ...lines.slice(1)].join('\n')
}
