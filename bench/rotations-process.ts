/**
 * Runs the step as often as it is told to by message, in one process. Started
 * with --expose-gc.
 */
/** What the process holds after a collection of garbage. */
export interface Memory {
  readonly heapMegabytes: number
  readonly residentMegabytes: number
}

export interface Rotated {
  readonly milliseconds: number
  /** When it was asked for. */
  readonly memory?: Memory
}

interface Order {
  readonly environment: Record<string, string>
  readonly readsMemory: boolean
}

process.on('message', (order: Order) => {
  void carryOut(order)
})
process.on('disconnect', () => process.exit())

async function carryOut({ environment, readsMemory }: Order): Promise<void> {
  Object.assign(process.env, environment)
  // Only now: @actions/github reads the environment when it is loaded.
  const { runMain } = await import('../src/run.ts')
  const start = performance.now()
  await runMain()
  const milliseconds = performance.now() - start
  // A step listens for the rest of its process, which is one step long.
  for (const signal of ['SIGINT', 'SIGTERM']) process.removeAllListeners(signal)
  process.send?.({
    milliseconds,
    ...(readsMemory && { memory: await readMemory() }),
  } satisfies Rotated)
}

async function readMemory(): Promise<Memory> {
  // Sockets are closed in later turns, and a weak reference lives for one more.
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => setImmediate(resolve))
    globalThis.gc?.()
  }
  const { heapUsed, rss } = process.memoryUsage()
  return {
    heapMegabytes: heapUsed / 1024 ** 2,
    residentMegabytes: rss / 1024 ** 2,
  }
}
