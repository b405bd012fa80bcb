import { readdirSync, readFileSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { bundle, root } from './bundle.ts'
import { readCoverage, type CoveredModule } from './coverage.ts'
import { Origins } from './origins.ts'
import { table } from './report.ts'
import { SelfTimes, type CpuProfile } from './self-times.ts'
import { subjects, type Stage } from './subjects.ts'

/** One run has only some hundred samples. */
const RUNS = 10
const INTERVAL_MICROSECONDS = 250
const MAX_ROWS = 25

/**
 * Profiles main and prints where its time goes, and what of the bundle it never
 * runs. The bundle is made again, with a source map that says what is whose.
 */
export async function profile(stage: Stage): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rotate-token-profile-'))
  const main = subjects.find(({ letter }) => letter === 'e')
  if (main === undefined) throw new Error('main is not a subject')
  const file = await bundle('src/main.ts', join(folder, 'bundle'), [
    ...['--source-map', '--no-source-map-register'],
  ])
  const origins = new Origins(file)
  if (!origins.isSameCode(join(root, 'dist/main/index.js'))) {
    console.log('This is src/ as it is; dist/ is of another one.')
  }

  for (let run = 0; run < 3; run++) await stage.run(main, { file })
  const times = new SelfTimes(origins)
  for (let run = 1; run <= RUNS; run++) {
    const nodeOptions = [
      '--cpu-prof',
      `--cpu-prof-interval=${INTERVAL_MICROSECONDS}`,
      `--cpu-prof-dir=${folder}`,
      `--cpu-prof-name=main-${run}.cpuprofile`,
    ]
    const { exchanges } = await stage.run(main, { file, nodeOptions })
    const text = readFileSync(join(folder, `main-${run}.cpuprofile`), 'utf8')
    times.add(JSON.parse(text) as CpuProfile, exchanges)
  }
  printTimes(times)

  const coverageFolder = join(folder, 'coverage')
  await stage.run(main, {
    file,
    environment: { NODE_V8_COVERAGE: coverageFolder },
  })
  const [report = ''] = readdirSync(coverageFolder)
  printCoverage(readCoverage(join(coverageFolder, report), origins))
  console.log(`\nThe profiles and the bundle are in ${folder}.`)
}

function printTimes(times: SelfTimes): void {
  const inMilliseconds = (microseconds: number): string =>
    (microseconds / 1000).toFixed(1)
  const columns = [
    'Before the first request',
    "Until the provider's reply",
    'Until the exit',
    'Sum',
  ]
  for (const [title, rows, note] of [
    [
      'Package',
      times.byPackage(),
      `Milliseconds of the main thread, medians of ${RUNS} runs; node works for who has called it.`,
    ],
    [
      'Module: function',
      times.byFunction(),
      'The same by function, each for itself.',
    ],
  ] as const) {
    console.log(`
${note}
`)
    console.log(
      table([
        [title, ...columns],
        ...rows
          .slice(0, MAX_ROWS)
          .map(({ name, phases, sum }) => [
            name,
            ...phases.map(inMilliseconds),
            inMilliseconds(sum),
          ]),
      ]),
    )
  }
}

function printCoverage(modules: readonly CoveredModule[]): void {
  const packages = Map.groupBy(modules, ({ owner }) => owner)
  const rows = [...packages]
    .map(([owner, parts]) => ({
      owner,
      bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
      executed: parts.reduce((sum, part) => sum + part.executed, 0),
      modules: parts.length,
      idle: parts.filter(({ calls }) => calls === 0).length,
    }))
    .sort((a, b) => b.bytes - b.executed - (a.bytes - a.executed))
  console.log(`
What of the bundle one rotation runs. Of a module that is only loaded no function is called.
`)
  console.log(
    table([
      ['Package', 'Bytes', 'Executed', '%', 'Modules', 'Only loaded'],
      ...rows
        .slice(0, MAX_ROWS)
        .map(({ owner, bytes, executed, ...counts }) => [
          owner,
          String(bytes),
          String(executed),
          ((executed / bytes) * 100).toFixed(0),
          String(counts.modules),
          String(counts.idle),
        ]),
    ]),
  )
  const idle = modules
    .filter(({ calls }) => calls === 0)
    .sort((a, b) => b.bytes - a.bytes)
  const idleBytes = idle.reduce((sum, { bytes }) => sum + bytes, 0)
  console.log(`
The largest modules that are only loaded; all ${idle.length} together have ${idleBytes} bytes
`)
  console.log(
    table([
      ['Module', 'Bytes'],
      ...idle
        .slice(0, MAX_ROWS)
        .map(({ path, bytes }) => [path, String(bytes)]),
    ]),
  )
}
