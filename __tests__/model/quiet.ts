import { escrow as readEscrow } from '../../src/rotation/record/record-description.ts'
import type {
  Escrow,
  RotationRecord,
} from '../../src/rotation/record/record.ts'
import { codeOf, sealNext, spentMark } from '../support/symbolic-keyring.ts'
import {
  FORGED,
  isForged,
  linksFrom,
  prune,
  recordIn,
  toContent,
  type Content,
  type Link,
} from './chain.ts'
import { tokensIn } from './names.ts'
import type { MakeVersion } from './answers.ts'
import { windowsClock } from './histories.ts'
import { toDate } from './process.ts'
import { familyOf, type Provider, type ProviderClass } from './provider.ts'
import type { World } from './world.ts'

/** Nothing is going to happen by itself: no process is there to remember. */
export function isQuiet({ runs, late }: World): boolean {
  return late.length === 0 && runs.every((run) => typeof run !== 'object')
}

const LONG_AGO = toDate(0)
/** Every wait of the protocol is shorter. */
const LONG_OVER_SECONDS = 3000
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
  const present = chainOf(world)
  const tokens = new Tokens(world, present)
  // What is about other tokens is as good as any forgery.
  const past = world.past.filter((content) =>
    [
      recordIn(content)?.current,
      copyIn(content)?.replaces,
      copyIn(content)?.token,
    ].every((token) => token === undefined || tokens.has(token)),
  )
  const chain = [...present, ...past]
  const access = new AccessNames(world, chain)
  const clock = new Clock(world, chain)
  const sequences = ranks(chain.flatMap(sequencesIn))
  const moments = ranks(chain.flatMap(momentsIn))
  const owners = new Map<string, string>()
  const renewContent = (content: Content): Content => {
    const record = recordIn(content)
    const copy = copyIn(content)
    if (record && isForged(content)) {
      return toContent({
        version: 3,
        ...access.renew(renewForged(record, tokens, clock)),
        mac: FORGED,
      })
    }
    return toContent({
      version: 3,
      ...(record && {
        ...access.renew(renewRecord(record, tokens, clock, owners, config)),
        sequence: sequences.get(record.sequence),
        mac: codeOf(tokens.rename(record.current)),
      }),
      ...(copy && { escrow: renewEscrow(copy, tokens, sequences, moments) }),
    })
  }
  const version = (head: Link | undefined, bare: World): Link | undefined =>
    head &&
    makeVersion(
      { ...bare, head: version(head.below, bare) },
      isJunk(head.content) ? head.content : renewContent(head.content),
    )
  const secret = {
    ...world.secret,
    value: tokens.rename(world.secret.value),
    updatedAt: clock.at(world.secret.updatedAt),
    ...(world.secret.grantedAt !== undefined && {
      grantedAt: clock.at(world.secret.grantedAt),
    }),
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
    past: past.filter((content) => !isJunk(content)).map(renewContent),
    head: undefined,
    headBefore: undefined,
  }
  const known = tokensIn(world)
  const head = version(prune(world.head, known, true), bare)
  const headBefore =
    world.headBefore === world.head
      ? head
      : version(prune(world.headBefore, known, true), bare)
  return {
    ...bare,
    head,
    headBefore,
    provider: renewProvider(world.provider, tokens, clock, config),
    runs: Array.from({ length: owners.size }, () => 'ended' as const),
  }
}

/** Everything in the record that still counts, now or for a read that lags. */
function chainOf(world: World): Content[] {
  const known = tokensIn(world)
  return [world.head, world.headBefore].flatMap((head) =>
    [...linksFrom(prune(head, known, true))].map(({ content }) => content),
  )
}

function isJunk(content: Content): boolean {
  return !('phase' in content) && !('escrow' in content)
}

function copyIn(content: Content): Escrow | undefined {
  const { escrow } = content
  return escrow === undefined ? undefined : readEscrow(escrow)
}

function sequencesIn(content: Content): number[] {
  return [recordIn(content)?.sequence, copyIn(content)?.sequence].filter(
    (sequence) => sequence !== undefined,
  )
}

function momentsIn(content: Content): number[] {
  const copy = copyIn(content)
  return copy ? [copy.at.getTime()] : []
}

/** Only their order counts. */
function ranks(values: readonly number[]): Map<number, number> {
  const sorted = [...new Set(values)].sort((one, other) => one - other)
  return new Map(sorted.map((value, index) => [value, index + 1]))
}

/** New names for the tokens that somebody may still present or write. */
class Tokens {
  readonly #names = new Map<string, string>()

  constructor({ secret, waiting, provider }: World, chain: readonly Content[]) {
    const known = [
      secret.value,
      ...waiting.map(({ snapshot }) => snapshot),
      ...chain.flatMap((content) => [
        recordIn(content)?.current,
        copyIn(content)?.replaces,
        copyIn(content)?.token,
      ]),
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

  /** Marks of tokens that nobody presents any more mean nothing. */
  renameMarks(marks: readonly string[]): string[] {
    return [...this.#names]
      .filter(([token]) => marks.includes(spentMark(token)))
      .map(([, name]) => spentMark(name))
      .sort()
  }

  get count(): number {
    return this.#names.size
  }
}

/** The same for access tokens, of which it matters which one is the newer. */
class AccessNames {
  readonly #names: readonly string[]

  constructor({ access, waiting }: World, chain: readonly Content[]) {
    const known = [
      access?.stored,
      ...waiting.map((each) => each.access),
      ...chain.map((content) => recordIn(content)?.accessToken?.id),
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
    const id = this.rename(accessToken.id)
    return { ...record, accessToken: { ...accessToken, id } }
  }
}

/** Times moved together; those that nothing depends on any more are one. */
class Clock {
  readonly now: number
  readonly #before: number
  readonly #times = new Map<number, number>()

  constructor(
    { now, secret, secretBefore, waiting }: World,
    chain: readonly Content[],
  ) {
    const times = [
      now,
      secret.updatedAt,
      secretBefore.updatedAt,
      ...(secret.grantedAt === undefined ? [] : [secret.grantedAt]),
      ...waiting.map(({ createdAt }) => createdAt),
      ...chain.flatMap((content) => {
        const record = isForged(content) ? undefined : recordIn(content)
        return [record?.wrote, record?.claim?.updatedAt].flatMap((time) =>
          time ? [secondsOf(time)] : [],
        )
      }),
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

  /** As far from now as it was; what is long over is one. */
  shift(time: Date): Date {
    const from = secondsOf(time) - windowsClock(this.#before)
    return from < -LONG_OVER_SECONDS
      ? LONG_AGO
      : toDate(windowsClock(this.now) + from)
  }

  /** The beginning of a window that is still open. */
  begin(time: number, length: number): number | undefined {
    return this.#before < time + length ? windowsClock(this.now) : undefined
  }
}

const COOLING_SECONDS = 150
const REST_SECONDS = 60

function renewRecord(
  record: RotationRecord,
  tokens: Tokens,
  clock: Clock,
  owners: Map<string, string>,
  { graceSeconds }: ProviderClass,
): RotationRecord {
  const { claim, block, restUntil, wrote, ...rest } = record
  const runId = claim?.owner.runId ?? ''
  if (claim && !owners.has(runId)) owners.set(runId, String(owners.size))
  const nonce = owners.get(runId) ?? ''
  const begin = claim && clock.begin(secondsOf(claim.firstAt), graceSeconds)
  const rests = restUntil && clock.end(restUntil, REST_SECONDS)
  return {
    ...rest,
    current: tokens.rename(record.current),
    spent: tokens.renameMarks(record.spent),
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
    ...(block && { block: { ...block, at: LONG_AGO } }),
  }
}

/** Of what nobody has signed, only the times until which it keeps others away count. */
function renewForged(
  record: RotationRecord,
  tokens: Tokens,
  clock: Clock,
): RotationRecord {
  const { claim, restUntil } = record
  const { escrow: _escrow, wrote: _wrote, ...rest } = record
  return {
    ...rest,
    current: tokens.rename(record.current),
    spent: tokens.renameMarks(record.spent),
    sequence: 1,
    ...(restUntil && { restUntil: clock.shift(restUntil) }),
    ...(claim && {
      claim: {
        ...claim,
        heldSince: clock.shift(claim.heldSince),
        firstAt: LONG_AGO,
        updatedAt: LONG_AGO,
        coolUntil: clock.shift(claim.coolUntil),
      },
    }),
  }
}

function renewEscrow(
  { replaces, sequence, token, at, next }: Escrow,
  tokens: Tokens,
  sequences: ReadonlyMap<number, number>,
  moments: ReadonlyMap<number, number>,
): Escrow {
  const [one, other] = [tokens.rename(replaces), tokens.rename(token)]
  return {
    replaces: one,
    sequence: sequences.get(sequence) ?? 0,
    token: other,
    sealed: { keyId: 'key', encryptedValue: other },
    at: toDate(moments.get(at.getTime()) ?? 0),
    next: next === sealNext(replaces, token) ? sealNext(one, other) : next,
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
