import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import { JobEnvironment } from './job.ts'
import type { Memory, Rotated } from './rotations-process.ts'
import { Servers } from './servers.ts'

/** Until then caches fill up, and the machine code is made. */
const WARM_UP = 100

export interface Endurance {
  readonly rotations: number
  /** Of those after the first hundred. */
  readonly milliseconds: readonly number[]
  /** After the first hundred, and then nine more times until the end. */
  readonly memory: readonly Memory[]
}

/** Many rotations in one process, one after the other. */
export async function measureEndurance(rotations: number): Promise<Endurance> {
  const repository = 'acme/endurance'
  const servers = await Servers.start([repository])
  const untimed = { latencyMilliseconds: 0, countsRoundTrips: false }
  const environment = await JobEnvironment.make(
    repository,
    servers.addresses,
    await servers.queue(repository, untimed),
    {},
  )
  const child = fork(
    fileURLToPath(new URL('rotations-process.ts', import.meta.url)),
    {
      execArgv: [
        '--expose-gc',
        // Left alone, V8 once takes some 60 MB more for young objects under such
        // a load, which would look like a leak and hide one.
        '--max-semi-space-size=2',
      ],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  )
  const milliseconds: number[] = []
  const memory: Memory[] = []
  const warmUp = Math.min(WARM_UP, rotations / 2)
  const stride = (rotations - warmUp) / 9
  for (let count = 1; count <= rotations; count++) {
    const queued = await servers.queue(repository, untimed)
    const readsMemory = count >= warmUp + Math.round(memory.length * stride)
    const answered = once(child, 'message')
    child.send({ environment: environment.forRun(queued), readsMemory })
    const [rotated] = (await answered) as [Rotated]
    await servers.complete(repository, queued)
    if (count > warmUp) milliseconds.push(rotated.milliseconds)
    if (rotated.memory) memory.push(rotated.memory)
  }
  child.disconnect()
  servers.close()
  environment.remove()
  return { rotations, milliseconds, memory }
}

/**
 * How much more there is at the end than there was at the least: V8 throws away
 * what has not been used for long, and what was thrown away must hide no leak.
 */
export function growth(values: readonly number[]): number {
  return (values.at(-1) ?? NaN) - Math.min(...values)
}
