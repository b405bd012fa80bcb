import { clients } from '../support/authorization-server.ts'
import type { ProviderClass } from '../support/class-shim.ts'
import { World } from '../support/world.ts'
import { WorldContest } from '../support/world-contest.ts'
import { points, strikeRun, ways } from './crash-points.ts'
import { calls, faults, isGap, strikeCall } from './fault-matrix.ts'
import { lay, type Siege } from './record-fuzz.ts'

/** What is done to one run, in words. */
type Event =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'fault'; readonly call: number; readonly fault: string }
  | { readonly kind: 'crash'; readonly point: number; readonly way: number }
  | { readonly kind: 'waiting run' }
  | { readonly kind: 'two at once' }
  | { readonly kind: 'fresh grant' }
  | { readonly kind: 'lagging reads'; readonly count: number }

export interface Night {
  readonly seed: number
  readonly story: readonly string[]
  /** What does not hold, if anything. */
  readonly problem?: string
}

const RUNS = 5
const SIEGES_PER_NIGHT = 5
const NIGHTS_PER_BUNDLE = 10
const MAX_SECONDS_BETWEEN = 4000
/** Runs that only wait for something make a night long. */
const quick = Object.keys(faults).filter((fault) => fault !== 'stalls')

const classes: readonly ProviderClass[] = [
  { rotationClass: 'strict', graceSeconds: 0 },
  { rotationClass: 'grace', graceSeconds: 86_400 },
  { rotationClass: 'confirm-on-use', graceSeconds: 0 },
  { rotationClass: 'non-rotating', graceSeconds: 0 },
]

/** Some runs to which random things happen; then two to which nothing does. */
export async function spend(seed: number): Promise<Night> {
  const random = seeded(seed)
  const pick = <T>(from: readonly T[]): T => {
    const found = from[Math.floor(random() * from.length)]
    if (found === undefined) throw new Error('nothing to pick from')
    return found
  }
  const providerClass = pick(classes)
  const world = await World.start(clients.basic, providerClass)
  const story: string[] = [providerClass.rotationClass]
  let mayBeLost = false
  try {
    for (let run = 1; run <= RUNS; run++) {
      const event = draw(random, pick)
      story.push(describe(event))
      if (isGapOf(event)) mayBeLost = true
      await play(world, event)
      world.clock.advance(random() * MAX_SECONDS_BETWEEN * 1000)
    }
    for (let run = 1; run <= 2; run++) {
      world.clock.advance(MAX_SECONDS_BETWEEN * 1000)
      const { main } = await world.run(options)
      story.push(main.outputs['outcome'] ?? 'no outcome')
    }
    const { authorizationServer: server } = world
    const live = await server.liveRefreshTokens()
    const isLost = !live.includes(world.storedRefreshToken ?? '')
    const problem =
      server.replays > 0
        ? 'a token was replayed'
        : isLost && !mayBeLost
          ? 'the token is lost'
          : story.at(-1)?.startsWith('skipped')
            ? 'it skips for ever'
            : undefined
    return { seed, story, ...(problem !== undefined && { problem }) }
  } catch (thrown) {
    return { seed, story, problem: String(thrown) }
  } finally {
    await world.close()
  }
}

const options = { with: { 'access-token-secrets': 'ACCESS_TOKEN' } }

function draw(random: () => number, pick: <T>(from: readonly T[]) => T): Event {
  const index = (from: readonly unknown[]): number =>
    Math.floor(random() * from.length)
  switch (pick(['fault', 'fault', 'crash', 'crash', 'run', 'other'])) {
    case 'fault':
      return { kind: 'fault', call: index(calls), fault: pick(quick) }
    case 'crash':
      return { kind: 'crash', point: index(points), way: index(ways) }
    case 'run':
      return { kind: 'nothing' }
    default:
      return pick<Event>([
        { kind: 'waiting run' },
        { kind: 'two at once' },
        { kind: 'fresh grant' },
        { kind: 'lagging reads', count: 1 + index([1, 2, 3]) },
      ])
  }
}

function describe(event: Event): string {
  switch (event.kind) {
    case 'fault':
      return `${calls[event.call]?.name}: ${event.fault}`
    case 'crash':
      return `${points[event.point]?.name}: ${ways[event.way]}`
    default:
      return event.kind
  }
}

/** The cells of the two matrices in which a token may be lost. */
function isGapOf(event: Event): boolean {
  if (event.kind === 'fault') {
    const call = calls[event.call]
    return call !== undefined && isGap(call, event.fault)
  }
  if (event.kind !== 'crash') return false
  const name = points[event.point]?.name
  const way = ways[event.way]
  return (
    way !== 'cancelled' &&
    (name === 'after the token request' ||
      (name === 'before the store' && way !== 'killed, then post'))
  )
}

async function play(world: World, event: Event): Promise<void> {
  switch (event.kind) {
    case 'nothing':
      await world.run(options)
      return
    case 'fault': {
      const call = calls[event.call]
      if (call) strikeCall(world, call, event.fault)
      await world.run(options)
      break
    }
    case 'crash': {
      const point = points[event.point]
      const way = ways[event.way]
      if (point && way) await strikeRun(world, point, way, options)
      break
    }
    case 'waiting run': {
      const waiting = world.queue()
      await world.run(options)
      await world.run({ ...options, queued: waiting })
      return
    }
    case 'two at once': {
      const [one, other] = [world.queue(), world.queue()]
      await Promise.all([
        world.run({ ...options, queued: one }),
        world.run({ ...options, queued: other }),
      ])
      return
    }
    case 'fresh grant':
      world.clock.advance(2000)
      world.repository.secrets.set(
        'REFRESH_TOKEN',
        await world.mintRefreshToken(),
      )
      world.clock.advance(2000)
      await world.run(options)
      return
    case 'lagging reads':
      world.repository.git.lagRefReads(event.count)
      world.repository.secrets.lagSecretReads(event.count)
      await world.run(options)
      return
  }
  world.githubProxy.rules.length = 0
  world.authorizationProxy.rules.length = 0
}

/** The same numbers for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

// On its own: npm run soak -- [nights] [seed of the first]. With each night come
// sieges of the record, in this process, and with each tenth one of the bundle.
if (import.meta.main) {
  const nights = Number(process.argv[2] ?? 500)
  const first = Number(process.argv[3] ?? Date.now() % 1e9)
  console.log(`${nights} scenarios from seed ${first} on`)
  let bad = 0
  for (let night = 0; night < nights; night++) {
    const seeds = Array.from(
      { length: SIEGES_PER_NIGHT },
      (_, index) => (first + night) * SIEGES_PER_NIGHT + index,
    )
    const ended: (Night | Siege)[] = [await spend(first + night)]
    for (const seed of seeds) ended.push(await lay(seed))
    if (night % NIGHTS_PER_BUNDLE === 0) {
      ended.push(await lay(first + night, () => WorldContest.start()))
    }
    for (const { seed, story, problem } of ended) {
      if (problem === undefined) continue
      bad += 1
      console.log(`seed ${seed}: ${problem}\n  ${story.join('\n  ')}`)
    }
  }
  console.log(bad === 0 ? 'all held' : `${bad} did not hold`)
  process.exitCode = bad === 0 ? 0 : 1
}
