import { clients } from '../support/authorization-server.ts'
import type { Fault } from '../support/fault-proxy.ts'
import type { RunResult } from '../support/runner/runner.ts'
import { World } from '../support/world.ts'

/** One request of a rotation. */
export interface Call {
  readonly name: string
  readonly server: 'github' | 'authorization server'
  readonly method: string
  readonly path: RegExp
  /** Which of the requests that fit. */
  readonly count?: number
}

const github = 'github'

export const calls: readonly Call[] = [
  { name: 'read the ref', method: 'GET', path: /git\/ref\/rotate/ },
  { name: 'read the record', method: 'GET', path: /git\/commits/ },
  { name: 'read the run', method: 'GET', path: /attempts/ },
  { name: 'look at the secret', method: 'GET', path: /REFRESH_TOKEN$/ },
  { name: 'fetch the key', method: 'GET', path: /public-key/ },
  { name: 'write the probe', method: 'PUT', path: /PROBE/ },
  { name: 'make the claim', method: 'POST', path: /git\/commits/ },
  { name: 'claim', method: 'PATCH', path: /git\/refs/ },
  { name: 'delete the probe', method: 'DELETE', path: /PROBE/ },
  {
    name: 'look at the secret again',
    method: 'GET',
    path: /REFRESH_TOKEN$/,
    count: 2,
  },
  { name: 'store', method: 'PUT', path: /\/REFRESH_TOKEN$/ },
  {
    name: 'make the commit',
    method: 'POST',
    path: /git\/commits/,
    count: 2,
  },
  { name: 'commit', method: 'PATCH', path: /git\/refs/, count: 2 },
  { name: 'distribute', method: 'PUT', path: /\/ACCESS_TOKEN$/ },
  { name: 'close', method: 'PATCH', path: /git\/refs/, count: 3 },
]
  .map((call): Call => ({ ...call, server: github }))
  .concat({
    name: 'refresh',
    server: 'authorization server',
    method: 'POST',
    path: /token$/,
  })

function respond(status: number, headers: Record<string, string> = {}): Fault {
  const body = JSON.stringify({ message: `Said to be ${status}` })
  return { kind: 'respond', status, headers, body }
}

export const faults: Readonly<Record<string, Fault>> = {
  'reset before the server acts': { kind: 'drop', when: 'before' },
  'reset after the server has acted': { kind: 'drop', when: 'after' },
  stalls: { kind: 'hang', when: 'before' },
  '401': respond(401),
  '403': respond(403),
  '403 with Retry-After': respond(403, { 'retry-after': '1' }),
  '429 with Retry-After': respond(429, { 'retry-after': '1' }),
  '404': respond(404),
  '409': respond(409),
  '422': respond(422),
  '500, not applied': respond(500),
  '502, applied': {
    kind: 'rewrite',
    rewrite: (reply) => ({ ...reply, status: 502, body: Buffer.from('') }),
  },
  'cut short': { kind: 'cut', keep: () => 10 },
  'garbage with 200': {
    kind: 'rewrite',
    rewrite: (reply) => ({
      ...reply,
      status: 200,
      body: Buffer.from('<html>'),
    }),
  },
}

/** The answers in which the new tokens are lost, though the server issued them. */
const losing = [
  'reset after the server has acted',
  '502, applied',
  'cut short',
  'garbage with 200',
]

export function isGap(call: Call, fault: string): boolean {
  return call.name === 'refresh' && losing.includes(fault)
}

export interface Verdict {
  readonly struck: RunResult
  /** What the run says of the credential is so. */
  readonly isTrue: boolean
  readonly replays: number
  /** After two further runs no live refresh token is in the secret. */
  readonly isLost: boolean
  readonly outcomes: readonly (string | undefined)[]
}

const NEXT_RUN_MILLISECONDS = 200_000

/** Lets one call of a rotation go wrong, then lets at most two further runs come. */
export async function play(call: Call, fault: string): Promise<Verdict> {
  const world = await World.start(clients.basic)
  const run = (): Promise<RunResult> =>
    world.run({ with: { 'access-token-secrets': 'ACCESS_TOKEN' } })
  try {
    await run()
    world.clock.advance(NEXT_RUN_MILLISECONDS)
    strikeCall(world, call, fault)
    const struck = await run()
    const isTrue = await holds(world, struck)
    for (const proxy of [world.githubProxy, world.authorizationProxy]) {
      proxy.rules.length = 0
    }
    const outcomes: (string | undefined)[] = []
    for (let next = 1; next <= 2; next++) {
      world.clock.advance(NEXT_RUN_MILLISECONDS)
      const { main } = await run()
      outcomes.push(main.outputs['outcome'])
      if (outcomes.at(-1) === 'rotated') break
    }
    const { authorizationServer } = world
    const live = await authorizationServer.liveRefreshTokens()
    return {
      struck,
      isTrue,
      replays: authorizationServer.replays,
      isLost: !live.includes(world.storedRefreshToken ?? ''),
      outcomes,
    }
  } finally {
    await world.close()
  }
}

/** Lets one call of the next run go wrong. */
export function strikeCall(
  world: World,
  { server, method, path, count = 1 }: Call,
  name: string,
): void {
  const fault = faults[name]
  if (fault === undefined) throw new Error(`no fault ${name}`)
  const proxy =
    server === 'github' ? world.githubProxy : world.authorizationProxy
  for (let each = 1; each < count; each++) {
    proxy.rules.push({ method, path, fault: { kind: 'pass' }, times: 1 })
  }
  proxy.rules.push({ method, path, fault, times: 1 })
}

async function holds(world: World, { main }: RunResult): Promise<boolean> {
  const live = await world.authorizationServer.liveRefreshTokens()
  const isLive = live.includes(world.storedRefreshToken ?? '')
  const [record = ''] = world.history
  switch (main.outputs['credential-state']) {
    case 'unchanged':
    case 'stored':
      return isLive
    case 'escrowed':
      return live.length === 1 && record.includes('"escrow"')
    case 'lost':
      return !isLive
    default:
      return main.outputs['credential-state'] === 'unknown'
  }
}
