import type { ChildProcess } from 'node:child_process'

import { clients } from '../support/authorization-server.ts'
import type { ProviderClass } from '../support/class-shim.ts'
import type { FaultProxy } from '../support/fault-proxy.ts'
import { cancelStep } from '../support/runner/runner.ts'
import { World, type RunOptions } from '../support/world.ts'

/** A moment in a rotation: a request that arrives, or the answer to it. */
interface Point {
  readonly name: string
  readonly server: 'github' | 'authorization server'
  readonly method: string
  readonly path: RegExp
  /** Which of the requests that fit. */
  readonly count?: number
  /** The server has acted on the request, and its answer does not arrive. */
  readonly isDone: boolean
}

const requests = [
  { name: 'claim', method: 'PATCH', path: /\/git\/refs/ },
  { name: 'token request', method: 'POST', path: /\/token$/ },
  { name: 'store', method: 'PUT', path: /\/REFRESH_TOKEN$/ },
  { name: 'commit', method: 'PATCH', path: /\/git\/refs/, count: 2 },
  { name: 'distribute', method: 'PUT', path: /\/ACCESS_TOKEN$/ },
  { name: 'close', method: 'PATCH', path: /\/git\/refs/, count: 3 },
] as const

/** Every step of a rotation that leaves a mark somewhere. */
export const points: readonly Point[] = requests.flatMap((request) =>
  [false, true].map((isDone) => ({
    ...request,
    name: `${isDone ? 'after' : 'before'} the ${request.name}`,
    server:
      request.name === 'token request'
        ? ('authorization server' as const)
        : ('github' as const),
    isDone,
  })),
)

export const ways = [
  'killed, then post',
  'cancelled',
  'machine lost',
  'killed in main and in post',
] as const

export type Way = (typeof ways)[number]
export type Snapshot = 'fresh' | 'stale'

export interface Cell {
  readonly point: Point
  readonly way: Way
  readonly snapshot: Snapshot
}

export const cells: readonly Cell[] = points.flatMap((point) =>
  ways.flatMap((way) =>
    (['fresh', 'stale'] as const).map((snapshot) => ({ point, way, snapshot })),
  ),
)

export interface Verdict {
  /** No refresh token that the provider accepts is in the secret. */
  readonly isLost: boolean
  readonly replays: number
  /** How the runs after it ended. */
  readonly outcomes: readonly (string | undefined)[]
}

/** Longer than a request can still take effect. */
const NEXT_RUN_MILLISECONDS = 200_000

/** Strikes a rotation at one point, then lets at most two further runs come. */
export async function play(
  { point, way, snapshot }: Cell,
  providerClass: ProviderClass,
): Promise<Verdict> {
  const world = await World.start(clients.basic, providerClass)
  try {
    const inputs = { 'access-token-secrets': 'ACCESS_TOKEN' }
    await world.run({ with: inputs })
    const struck = world.queue()
    // A run that waits behind this one has the secrets of before.
    const waiting = world.queue()
    await strikeRun(world, point, way, { with: inputs, queued: struck })
    const outcomes: (string | undefined)[] = []
    for (const queued of [
      snapshot === 'stale' ? waiting : undefined,
      undefined,
    ]) {
      world.clock.advance(NEXT_RUN_MILLISECONDS)
      const { main } = await world.run({
        with: inputs,
        ...(queued && { queued }),
      })
      outcomes.push(main.outputs['outcome'])
      if (outcomes.at(-1) === 'rotated') break
    }
    const { authorizationServer } = world
    const live = await authorizationServer.liveRefreshTokens()
    return {
      isLost: !live.includes(world.storedRefreshToken ?? ''),
      replays: authorizationServer.replays,
      outcomes,
    }
  } finally {
    await world.close()
  }
}

/** One run, struck at one point. */
export async function strikeRun(
  world: World,
  { server, method, path, count = 1, isDone }: Point,
  way: Way,
  options: RunOptions,
): Promise<void> {
  const proxy: FaultProxy =
    server === 'github' ? world.githubProxy : world.authorizationProxy
  let main: ChildProcess | undefined
  const until = async (): Promise<void> => {
    if (main === undefined) throw new Error('no process to strike')
    if (way !== 'cancelled') {
      main.kill('SIGKILL')
      await new Promise(() => undefined)
    }
    const { stdout } = main
    const noticed = new Promise<void>((resolve) => {
      stdout?.on('data', (text: string) => {
        if (text.includes('being cancelled')) resolve()
      })
    })
    cancelStep(main)
    await noticed
  }
  for (let each = 1; each < count; each++) {
    proxy.rules.push({ method, path, fault: { kind: 'pass' }, times: 1 })
  }
  proxy.rules.push({
    method,
    path,
    fault: { kind: isDone ? 'hold' : 'wait', until },
    times: 1,
  })
  await world.run({
    ...options,
    onStart(child) {
      main = child
    },
    onPostStart(post) {
      if (way !== 'killed in main and in post') return
      // Whatever it wants to change first, it does not live to do.
      world.githubProxy.rules.unshift(
        ...['PATCH', 'PUT', 'POST'].map((change) => ({
          method: change,
          times: 1,
          fault: {
            kind: 'wait' as const,
            until: async () => {
              post.kill('SIGKILL')
              await new Promise(() => undefined)
            },
          },
        })),
      )
    },
    isMachineLost: way === 'machine lost',
  })
  proxy.rules.length = 0
  world.githubProxy.rules.length = 0
}
