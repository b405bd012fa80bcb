import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const meter = fileURLToPath(new URL('meter.cjs', import.meta.url))

/** What one process took, from the call that starts it to its end. */
export interface Measurement {
  readonly wallMilliseconds: number
  readonly cpuMilliseconds: number
  readonly peakMegabytes: number
  /** By the clock of all processes; unset without a journal. */
  readonly journaledAt?: bigint
}

/** @throws when the process fails */
export async function measure(
  file: string,
  environment: Readonly<Record<string, string>>,
  meterFile: string,
  nodeOptions: readonly string[] = [],
): Promise<Measurement> {
  const start = performance.now()
  const child = spawn(
    process.execPath,
    [...nodeOptions, '--require', meter, file],
    {
      env: { ...environment, BENCH_METER: meterFile },
      // As the runner has them.
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const output: unknown[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => output.push(chunk))
  }
  const closed = once(child, 'close')
  const [exitCode] = (await once(child, 'exit')) as [number | null]
  const wallMilliseconds = performance.now() - start
  await closed
  if (exitCode !== 0) {
    throw new Error(`${file} ended with ${exitCode}:\n${output.join('')}`)
  }
  const metered = JSON.parse(readFileSync(meterFile, 'utf8')) as {
    cpuMilliseconds: number
    peakKilobytes: number
    journaledAt: string
  }
  return {
    wallMilliseconds,
    cpuMilliseconds: metered.cpuMilliseconds,
    peakMegabytes: metered.peakKilobytes / 1024,
    ...(metered.journaledAt !== '' && {
      journaledAt: BigInt(metered.journaledAt),
    }),
  }
}
