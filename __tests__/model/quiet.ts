import type {
  RotationRecord,
  RecordVersion,
} from '../../src/rotation/record/record.ts'
import type { MakeVersion } from './answers.ts'
import { windowsClock } from './histories.ts'
import { toDate } from './process.ts'
import { familyOf, type Provider, type ProviderClass } from './provider.ts'
import type { World } from './world.ts'

/** Nothing is going to happen by itself: no process is there to remember. */
export function isQuiet({ runs, late }: World): boolean {
  return late.length === 0 && runs.every((run) => typeof run !== 'object')
}

/** Every window that began at 0 is over by then. */
const START = 10_000
/** Gaps between two times that matter by their order and by single seconds. */
const FAR = 3

/**
 * Names all that a quiet world still knows anew, by the order in which it stands
 * there: tokens, runs and times. Nobody is there who remembers the old names, and
 * all that the code does with tokens and runs is to compare them. Of times it
 * matters which is later, whether by one second, and which windows are still open.
 * So a world in which something has happened and is over is as good as a new one.
 */
export function renew(
  world: World,
  config: ProviderClass,
  makeVersion: MakeVersion,
): World {
  if (!isQuiet(world)) return world
  const tokens = new Tokens(world)
  const access = new AccessNames(world)
  const clock = new Clock(world)
  const owners = new Map<string, string>()
  const version = (
    head: RecordVersion | undefined,
    bare: World,
  ): RecordVersion | undefined =>
    head &&
    makeVersion(
      bare,
      access.renew(renewRecord(head.record, tokens, clock, owners, config)),
    )
  const secret = {
    ...world.secret,
    value: tokens.rename(world.secret.value),
    updatedAt: clock.at(world.secret.updatedAt),
  }
  const bare: World = {
    ...world,
    now: clock.now,
    secret,
    secretBefore:
      world.secretBefore === world.secret
        ? secret
        : {
            value: '',
            isByPerson: false,
            updatedAt: clock.at(world.secretBefore.updatedAt),
          },
    waiting: world.waiting.map(({ createdAt, snapshot, access: stored }) => ({
      createdAt: clock.at(createdAt),
      snapshot: tokens.rename(snapshot),
      ...(stored !== undefined && { access: access.rename(stored) }),
    })),
    ...(world.access && {
      access: {
        stored: access.rename(world.access.stored),
        issued: access.count,
        isLate: world.access.isLate,
      },
    }),
    head: undefined,
    headBefore: undefined,
  }
  const head = version(world.head, bare)
  const headBefore =
    world.headBefore === world.head
      ? head
      : version(world.headBefore, { ...bare, head })
  return {
    ...bare,
    head,
    headBefore,
    provider: renewProvider(world.provider, tokens, clock, config),
    runs: Array.from({ length: owners.size }, () => 'ended' as const),
  }
}

/** New names for the tokens that somebody may still present or write. */
class Tokens {
  readonly #names = new Map<string, string>()

  constructor({ secret, waiting, head, headBefore, provider }: World) {
    const known = [
      secret.value,
      ...waiting.map(({ snapshot }) => snapshot),
      ...[head, headBefore].flatMap((each) =>
        each ? [each.record.current, each.record.escrow?.token] : [],
      ),
    ].filter((token) => token !== undefined)
    // Its successors, too: whether they are known is what makes a replay one.
    for (const token of known) {
      if (this.#names.has(token)) continue
      // The grant of a person is known by its name until it is used.
      this.#names.set(
        token,
        token === 'g0' ? token : `${familyOf(token)}${this.#names.size + 1}`,
      )
      const spent = provider.spent.find((each) => each.token === token)
      known.push(...(spent?.successors ?? []))
    }
  }

  has(token: string): boolean {
    return this.#names.has(token)
  }

  rename(token: string): string {
    const name = this.#names.get(token)
    if (name === undefined) throw new Error(`nobody knows ${token}`)
    return name
  }

  get count(): number {
    return this.#names.size
  }
}

/** The same for access tokens, of which it matters which one is the newer. */
class AccessNames {
  readonly #names: readonly string[]

  constructor({ access, waiting, head, headBefore }: World) {
    const known = [
      access?.stored,
      ...waiting.map((each) => each.access),
      ...[head, headBefore].map(
        (each) => each?.record.accessToken?.fingerprint,
      ),
    ].filter((token) => token !== undefined)
    this.#names = [...new Set(known)].sort(
      (one, other) => Number(one.slice(1)) - Number(other.slice(1)),
    )
  }

  get count(): number {
    return this.#names.length
  }

  rename(token: string): string {
    return `a${this.#names.indexOf(token) + 1}`
  }

  renew(record: RotationRecord): RotationRecord {
    const { accessToken } = record
    if (accessToken === undefined) return record
    const fingerprint = this.rename(accessToken.fingerprint)
    return { ...record, accessToken: { ...accessToken, fingerprint } }
  }
}

/** Times moved together; those that nothing depends on any more are one. */
class Clock {
  readonly now: number
  readonly #before: number
  readonly #times = new Map<number, number>()

  constructor({ now, secret, secretBefore, waiting, head, headBefore }: World) {
    const times = [
      now,
      secret.updatedAt,
      secretBefore.updatedAt,
      ...waiting.map(({ createdAt }) => createdAt),
      ...[head, headBefore].flatMap((each) =>
        [each?.record.wrote, each?.record.claim?.updatedAt].flatMap((time) =>
          time ? [secondsOf(time)] : [],
        ),
      ),
    ].sort((one, other) => one - other)
    let last: number | undefined
    let at = START
    for (const time of times) {
      at += Math.min(FAR, time - (last ?? time - 1))
      last = time
      this.#times.set(time, at)
    }
    this.#before = now
    this.now = this.#times.get(now) ?? at
  }

  at(time: number): number {
    const renewed = this.#times.get(time)
    if (renewed === undefined) throw new Error(`nobody knows ${time}`)
    return renewed
  }

  date(time: Date): Date {
    return toDate(this.at(secondsOf(time)))
  }

  /**
   * The end of a window. What is left of it is at least half, or nothing: time
   * goes by in steps of one second or in jumps over every window.
   */
  end(time: Date, length: number): Date | undefined {
    return secondsOf(time) > this.#before
      ? toDate(windowsClock(this.now) + length)
      : undefined
  }

  /** The beginning of a window that is still open. */
  begin(time: number, length: number): number | undefined {
    return this.#before < time + length ? windowsClock(this.now) : undefined
  }
}

const LONG_AGO = toDate(0)
const COOLING_SECONDS = 150
const REST_SECONDS = 60

function renewRecord(
  record: RotationRecord,
  tokens: Tokens,
  clock: Clock,
  owners: Map<string, string>,
  { graceSeconds }: ProviderClass,
): RotationRecord {
  const { claim, escrow, block, restUntil, wrote, ...rest } = record
  const runId = claim?.owner.runId ?? ''
  if (claim && !owners.has(runId)) owners.set(runId, String(owners.size))
  const nonce = owners.get(runId) ?? ''
  const begin = claim && clock.begin(secondsOf(claim.firstAt), graceSeconds)
  const rests = restUntil && clock.end(restUntil, REST_SECONDS)
  return {
    ...rest,
    sequence: 1,
    current: tokens.rename(record.current),
    superseded: record.superseded
      .filter((token) => tokens.has(token))
      .map((token) => tokens.rename(token)),
    ...(wrote && { wrote: clock.date(wrote) }),
    ...(rests && { restUntil: rests }),
    ...(claim && {
      claim: {
        owner: { ...claim.owner, runId: nonce, nonce },
        // Nobody asks how long a run that has ended has held it.
        heldSince: LONG_AGO,
        firstAt: begin === undefined ? LONG_AGO : toDate(begin),
        updatedAt: clock.date(claim.updatedAt),
        ...(claim.fencedAt && { fencedAt: toDate(1) }),
        coolUntil:
          clock.end(claim.coolUntil, COOLING_SECONDS + graceSeconds) ??
          LONG_AGO,
        isIndeterminate: claim.isIndeterminate,
        ...(claim.isForDistribution && { isForDistribution: true }),
      },
    }),
    ...(escrow && {
      escrow: {
        replaces: tokens.has(escrow.replaces)
          ? tokens.rename(escrow.replaces)
          : '',
        token: tokens.rename(escrow.token),
        sealed: {
          keyId: 'key',
          encryptedValue: tokens.rename(escrow.token),
        },
      },
    }),
    ...(block && { block: { ...block, at: LONG_AGO } }),
  }
}

function renewProvider(
  { live, spent }: Provider,
  tokens: Tokens,
  clock: Clock,
  { graceSeconds }: ProviderClass,
): Provider {
  const rename = (all: readonly string[]): string[] =>
    all
      .filter((token) => tokens.has(token))
      .map((token) => tokens.rename(token))
      .sort()
  return {
    live: rename(live),
    spent: spent
      .filter(({ token }) => tokens.has(token))
      .map(({ token, at, successors }) => ({
        token: tokens.rename(token),
        at: clock.begin(at, graceSeconds) ?? 0,
        successors: rename(successors),
      }))
      .sort((one, other) => (one.token < other.token ? -1 : 1)),
    issued: tokens.count,
  }
}

function secondsOf(time: Date): number {
  return time.getTime() / 1000
}
