/**
 * How long a rotation takes, and against what. See README.md.
 *
 *   npm run bench -- [--rounds N] [--seed N] [--json FILE] [--quick] [--profile]
 *   npm run bench -- --against FILE [--rounds N] [--seed N]
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

import { compare } from './comparison.ts'
import { measureDecisions } from './decisions.ts'
import { profile } from './profile.ts'
import { print } from './report.ts'
import { evaluate } from './results.ts'
import { measureEndurance } from './rotations.ts'
import { createRandom, shuffle } from './statistics.ts'
import { Stage, subjects, type Cell } from './subjects.ts'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string' },
    seed: { type: 'string' },
    json: { type: 'string' },
    quick: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    against: { type: 'string' },
  },
})
const { quick: isQuick } = options
const rounds = Number(options.rounds ?? (isQuick ? 2 : 30))
const rotations = isQuick ? 40 : 1000
/** Runs of main by which the reply's way to the disk is judged, at least. */
const replies = isQuick ? 5 : 200
const seed = Number(options.seed ?? Math.floor(Math.random() * 1e6))

say('bundling the yardsticks, starting the servers')
const stage = await Stage.set(options.against)
try {
  if (options.profile) await profile(stage)
  else if (options.against !== undefined) await printComparison()
  else await bench()
} finally {
  stage.clear()
}

async function bench(): Promise<void> {
  const cells: readonly Cell[] = subjects.flatMap((subject) =>
    (subject.rotates ? [0, 50] : [0]).map((latencyMilliseconds) => ({
      subject,
      latencyMilliseconds,
      samples: [],
    })),
  )
  const roundTrips = await warmUp()

  const random = createRandom(seed)
  for (let round = 1; round <= rounds; round++) {
    say(`round ${round} of ${rounds}`)
    for (const cell of shuffle(cells, random)) await sample(cell)
  }
  const main = cells.find(
    ({ subject, latencyMilliseconds }) =>
      subject.letter === 'e' && latencyMilliseconds === 0,
  )
  const more: Cell | undefined = main && { ...main, samples: [] }
  say(`${replies} more runs of main, for what happens after the reply`)
  for (let count = rounds; more && count < replies; count++) await sample(more)

  say(`${rotations} rotations in one process`)
  const endurance = await measureEndurance(rotations)
  const results = evaluate({
    seed,
    rounds,
    cells,
    roundTrips,
    moreReplies: more?.samples ?? [],
    endurance,
    decisions: measureDecisions(),
  })
  print(results)
  if (options.json !== undefined) {
    writeFileSync(options.json, `${JSON.stringify(results, undefined, 2)}\n`)
  }
}

async function printComparison(): Promise<void> {
  for (const [figure, latency, ratio] of await compare(stage, rounds, seed)) {
    const { median, interquartileRange } = ratio
    console.log(
      `${figure} at ${latency} ms: ${median.toFixed(3)} ± ${(interquartileRange / 2).toFixed(3)} times that of ${options.against}`,
    )
  }
}

/**
 * Until the servers' machine code is made. The first run of main makes the
 * record; the last one of each subject is only looked at.
 */
async function warmUp(): Promise<Map<string, number>> {
  const roundTrips = new Map<string, number>()
  for (const subject of subjects) {
    say(`warming up (${subject.letter}) and counting its round trips`)
    for (let run = 0; run < 3; run++) await stage.run(subject)
    const counted = await stage.run(subject, { countsRoundTrips: true })
    roundTrips.set(subject.letter, counted.roundTrips)
  }
  return roundTrips
}

async function sample({
  subject,
  latencyMilliseconds,
  samples,
}: Cell): Promise<void> {
  samples.push(await stage.run(subject, { latencyMilliseconds }))
}

/** Apart from the results, which may be piped somewhere. */
function say(line: string): void {
  if (process.stderr.isTTY) console.error(line)
}
