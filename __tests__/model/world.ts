import type { JournalEntry } from '../../src/rotation/ports.ts'
import {
  isHarmless,
  isHeldBy,
  type RotationRecord,
} from '../../src/rotation/record/record.ts'
import { copiesIn, stateOf, type Content, type Link } from './chain.ts'
import {
  accepts,
  descendants,
  familyOf,
  type Provider,
  type ProviderClass,
} from './provider.ts'

export interface Secret {
  readonly value: string
  readonly updatedAt: number
  /** When a person stored the grant that it is of, or is descended from. */
  readonly grantedAt?: number
}

/** A run that was queued and has not started. */
export interface Waiting {
  readonly createdAt: number
  /** The token that its job is going to get. */
  readonly snapshot: string
  /** The stored access token, if it is given one. */
  readonly access?: string
}

/** The one place of the access token; `a1` was issued before `a2`. */
export interface AccessTokens {
  readonly stored: string
  readonly issued: number
  /** Written by a run that had been declared dead, after others had gone on. */
  readonly isLate: boolean
}

/** One workflow run: its main process, and its post step. */
export interface Run {
  /** Ids of where the processes stand; null when one is gone. */
  readonly main: number | null
  readonly post: number | null | undefined
  readonly journal: JournalEntry | undefined
  /** What its job was given. */
  readonly presented: string
  /** What GitHub says of the attempt. */
  readonly hasEnded: boolean
  /** It never hears what becomes of its transitions. */
  readonly isDeaf: boolean
}

/** Of a run that has ended only its name counts, while something holds it. */
export type Slot = Run | 'ended' | undefined

/**
 * Everything but the processes. The time moves on with every write of the secret
 * and with nothing else unless it jumps, so worlds that differ only in the order
 * of other steps have the same times in them.
 */
export interface World {
  readonly now: number
  readonly provider: Provider
  readonly secret: Secret
  /** What a lagging read still shows. */
  readonly secretBefore: Secret
  readonly head: Link | undefined
  readonly headBefore: Link | undefined
  /** The index is the name of the run. */
  readonly runs: readonly Slot[]
  readonly waiting: readonly Waiting[]
  /** Requests that the provider is going to process later. */
  readonly late: readonly string[]
  readonly runsLeft: number
  readonly faultsLeft: number
  readonly waitsLeft: number
  readonly attacksLeft: number
  /** The grant that counts: the last one that a person has stored. */
  readonly newest: string
  /** Unset where nobody gets the access token. */
  readonly access?: AccessTokens
  /** Somebody has written to the record, or deleted it. */
  readonly isForged: boolean
  /** It was deleted or set back: two runs may refresh at once then. */
  readonly isReset: boolean
  /** The secret holds an older token, by a person. */
  readonly isPutBack?: boolean
  /** Two grants were at work at once, and either may be left. */
  readonly isEither?: boolean
  /** States that others have replaced, for somebody to bring back. */
  readonly past: readonly Content[]
  /** A token was lost in a gap that nobody can close. */
  readonly isExcused: boolean
}

/** The safeguards that can be taken out of the search, one by one. */
export type Ablation =
  | 'fresh'
  | 'stale-check'
  | 'claim'
  | 'take-over'
  | 'cooling'
  | 'journal'
  | 'escrow'
  | 'unfenced-escrow'
  | 'guarded-redo'
  | 'post-fence'
  | 'distribution-claim'
  | 'mac'
  | 'parent'
  | 'aead'
  | 'walk'
  | 'lenient'
  | 'deposit-rule'
  | 'bound'

export interface Config extends ProviderClass {
  readonly canIntrospect: boolean
  /** There is a place for the access token. */
  readonly handsOut?: boolean
  /** Several repositories share the record: nobody knows which runs have ended. */
  readonly isShared?: boolean
  /** A person may put an older token back into the secret. */
  readonly putsBack?: boolean
  readonly ablation?: Ablation
}

export type Violation =
  `${'I1' | 'I2' | 'I4' | 'I6' | 'AT' | 'LIVE' | 'HEAL' | 'GREEN'}: ${string}`

export type Resources = Pick<
  World,
  'runsLeft' | 'faultsLeft' | 'waitsLeft' | 'attacksLeft'
>

export function start(
  resources: Resources,
  { handsOut }: Pick<Config, 'handsOut'>,
): World {
  const secret = { value: 't0', updatedAt: 1 }
  return {
    now: 10,
    provider: { live: ['t0'], spent: [], issued: 0 },
    secret,
    secretBefore: secret,
    head: undefined,
    headBefore: undefined,
    runs: [],
    waiting: [],
    late: [],
    newest: 't',
    isForged: false,
    isReset: false,
    past: [],
    isExcused: false,
    ...(handsOut && { access: { stored: 'a0', issued: 0, isLate: false } }),
    ...resources,
  }
}

export function runOf(world: World, index: number): Run {
  const run = world.runs[index]
  if (typeof run !== 'object') throw new Error(`no run ${index}`)
  return run
}

export function withRun(world: World, index: number, run: Slot): World {
  const runs = [...world.runs]
  runs[index] = run
  return { ...world, runs }
}

/** An attempt ends when nothing of it is left to run; its disk is wiped then. */
export function endIfOver(world: World, index: number): World {
  const run = runOf(world, index)
  // GitHub gives up on a run that it has declared dead: there is no post step.
  const hasPostToRun =
    run.post === undefined && run.journal !== undefined && !run.hasEnded
  const isOver =
    run.main === null && typeof run.post !== 'number' && !hasPostToRun
  return isOver ? withRun(world, index, 'ended') : world
}

export function loseMachine(world: World, index: number): World {
  const { journal } = runOf(world, index)
  const after = withRun(world, index, 'ended')
  if (journal === undefined) return after
  // The only copy of the newest token was on that machine. What another run may
  // have got inside a grace period is an older one.
  const { replaces, token } = journal.heir
  const isNewest =
    stateOf(world.head)?.current === replaces &&
    world.provider.live.includes(token) &&
    world.secret.value !== token &&
    !copiesIn(world.head).includes(token) &&
    familyOf(token) === world.newest
  const isLost = isNewest || checkDurability(after) !== undefined
  return isLost ? { ...after, isExcused: true } : after
}

/** The secret is written; a person's grant counts from then on. */
export function writeSecret(
  world: World,
  value: string,
  isByPerson: boolean,
): World {
  const now = world.now + 1
  const isLive = world.provider.live.includes(value)
  const before = world.secret
  const grantedAt = isByPerson
    ? now
    : familyOf(value) === familyOf(before.value)
      ? before.grantedAt
      : undefined
  return {
    ...world,
    now,
    secret: {
      value,
      updatedAt: now,
      ...(grantedAt !== undefined && { grantedAt }),
    },
    secretBefore: world.secret,
    isExcused: world.isExcused && !isLive,
    ...(world.isPutBack && { isPutBack: !isLive }),
  }
}

export function isHeld(record: RotationRecord, runId: string): boolean {
  return isHeldBy(record, { nonce: runId })
}

/**
 * I1: wherever the newest refresh token is, the provider accepts it, and it is in
 * a place that outlives the process. What is excused was lost in a gap.
 */
export function checkDurability(world: World): Violation | undefined {
  if (world.isExcused || world.isReset || world.isPutBack) return undefined
  const kept = [
    world.secret.value,
    ...copiesIn(world.head),
    ...world.runs.map((run) =>
      typeof run === 'object' ? run.journal?.heir.token : undefined,
    ),
  ]
  return kept.some(
    (token) =>
      token !== undefined &&
      (familyOf(token) === world.newest || world.isEither) &&
      world.provider.live.includes(token),
  )
    ? undefined
    : 'I1: no token that is kept anywhere is accepted'
}

/**
 * AT: a closed record that does not list the place says that the access token that
 * was issued last is in it. And a claim for a distribution is never indeterminate.
 */
export function checkPlace({ head, access }: World): Violation | undefined {
  const record = stateOf(head)
  if (access === undefined || record === undefined) return undefined
  const { phase, pendingPlaces, accessToken, claim } = record
  if (claim?.isForDistribution && !isHarmless(record)) {
    return 'AT: a claim for a distribution is indeterminate'
  }
  const isSaid =
    phase === 'idle' && pendingPlaces.length === 0 && accessToken !== undefined
  return isSaid && !access.isLate && access.stored !== accessToken.id
    ? 'AT: the place holds another access token than the one issued last'
    : undefined
}

/**
 * I2: nothing is replayed whose successor is somewhere. I4: while one run may be
 * sending, no other run has come as far as its claim on a token of the same grant.
 * A run that was declared dead may still send: that is what the cooling waits for.
 * Inside a grace period two requests do no harm.
 */
export function checkSend(
  world: World,
  token: string,
  runId: string,
  config: Config,
): Violation | undefined {
  if (world.isReset) return undefined
  const record = stateOf(world.head)
  if (
    record?.phase === 'claimed' &&
    !isHeld(record, runId) &&
    familyOf(record.current) === familyOf(token) &&
    config.rotationClass !== 'grace'
  ) {
    return 'I4: two runs are refreshing at once'
  }
  if (accepts(world.provider, token, world.now, config)) return undefined
  const successors = descendants(world.provider, token)
  const recorded = [
    world.secret.value,
    record?.current,
    ...copiesIn(world.head),
    ...world.runs.map((run) =>
      typeof run === 'object' ? run.journal?.heir.token : undefined,
    ),
  ]
  return recorded.some(
    (each) => each !== undefined && successors.includes(each),
  )
    ? 'I2: a token is replayed whose successor is recorded'
    : undefined
}
