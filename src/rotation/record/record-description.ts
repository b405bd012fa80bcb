import {
  boolean,
  count,
  date,
  list,
  object,
  oneOf,
  optional,
  text,
  type Description,
  type Read,
} from '../description.ts'
import {
  credentialStates,
  rotationErrorCodes,
  type RotationErrorCode,
} from '../outcome/errors.ts'
import { outcomes } from '../outcome/outcome.ts'
import { sealedSecret } from '../tokens/sealed-secret.ts'
import type { Durations, LastRun, Memory } from './memory.ts'
import {
  blockedStates,
  phases,
  type Block,
  type Claim,
  type Escrow,
  type KnownAccessToken,
  type Lifetime,
  type Owner,
  type RotationRecord,
} from './record.ts'

/** A name that is derived from a token, or a nonce. */
export const word = text(/^[\w-]{1,64}$/)

/** More than that nobody writes. */
const MAX_SPENT = 20
const MAX_PLACES = 1000

/** As the holder of a token names them. */
export const places = list(word, MAX_PLACES)

export const knownAccessToken = object<KnownAccessToken>({
  id: word,
  expiresAt: date,
})

export const lifetime = object<Lifetime>({
  since: date,
  expiresAt: date,
  isAbsolute: boolean,
})

const digits = text(/^\d{1,20}$/)

/** GitHub is asked about these, so nothing else is accepted. */
const owner = object<Owner>({
  repository: text(/^(?!\.+\/)[\w.-]{1,100}\/(?!\.+$)[\w.-]{1,100}$/),
  runId: digits,
  attempt: digits,
  job: text(/^[\w-]{1,255}$/),
  nonce: word,
})

const anyClaim = object<Claim>({
  owner,
  heldSince: date,
  firstAt: date,
  updatedAt: date,
  fencedAt: optional(date),
  coolUntil: date,
  isIndeterminate: boolean,
  isForDistribution: optional(boolean),
})

/** Neither kind may pass for the other: an indeterminate one has to be judged. */
const claim: Read<Claim> = (value) => {
  const read = anyClaim(value)
  if (read.isForDistribution === true && read.isIndeterminate) {
    throw new TypeError('a distribution while indeterminate')
  }
  return read
}

export const escrow = object<Escrow>({
  replaces: word,
  sequence: count,
  token: word,
  sealed: sealedSecret,
  at: date,
  next: text(/^[A-Za-z0-9+/]{80}$/),
})

/** Another version may know other codes. */
const errorCode: Read<RotationErrorCode> = (value) => {
  const code = text(/^.+$/s)(value)
  return rotationErrorCodes.find((each) => each === code) ?? 'UNKNOWN'
}

const block = object<Block>({
  credentialState: oneOf(blockedStates),
  code: errorCode,
  at: date,
  isOverridden: boolean,
})

const outcome = oneOf(outcomes)

const memory = object<Memory>({
  last: object<LastRun>({
    outcome,
    errorCode: optional(errorCode),
    credentialState: oneOf(credentialStates),
    at: date,
    durations: object<Durations>({
      run: count,
      tokenRequest: optional(count),
      store: optional(count),
    }),
    status: optional(count),
    runId: digits,
    attempt: digits,
    event: text(/^\w{0,64}$/),
    actor: text(/^[\w[\]-]{0,100}$/),
    version: text(/^[\w.+-]{1,64}$/),
  }),
  failures: count,
  totals: object<Memory['totals']>(
    Object.fromEntries(
      outcomes.map((each) => [each, optional(count)]),
    ) as Description<Memory['totals']>,
  ),
})

const anyRecord = object<Omit<RotationRecord, 'memory'>>({
  phase: oneOf(phases),
  sequence: count,
  current: word,
  spent: list(word, MAX_SPENT),
  place: text(/^[^\p{Cc}]{1,600}$/u),
  pendingPlaces: places,
  knowsIntrospection: boolean,
  wrote: optional(date),
  accessToken: optional(knownAccessToken),
  refreshTokenLifetime: optional(lifetime),
  grantSince: optional(date),
  claim: optional(claim),
  restUntil: optional(date),
  escrow: optional(escrow),
  block: optional(block),
})

/** A record with everything that its phase needs. */
export const readFields: Read<RotationRecord> = (value) => {
  const record = anyRecord(value)
  const { phase } = record
  const isClaimed = phase === 'claimed' || phase === 'examining'
  if (isClaimed && record.claim === undefined) throw new TypeError('no claim')
  if (phase === 'blocked' && !record.block) throw new TypeError('no block')
  const remembered = wellFormed(memory, (value as LooseFields)['memory'])
  return { ...record, ...(remembered && { memory: remembered }) }
}

type LooseFields = Readonly<Record<string, unknown>>

/** Undefined for what is not: only what nothing depends on is read in this way. */
function wellFormed<T>(read: Read<T>, value: unknown): T | undefined {
  if (value === undefined) return undefined
  try {
    return read(value)
  } catch {
    return undefined
  }
}

/** What is taken from a version that nobody has authenticated. */
export interface Unverified {
  /** Where it says that a run holds the record. */
  readonly claim?: Claimed
  readonly restUntil?: Date
  readonly wrote?: Date
  readonly sequence?: number
  readonly spent: readonly string[]
}

export type Claimed = Pick<Claim, 'owner' | 'heldSince' | 'coolUntil'>

const unverifiedClaim = object<Claimed>({
  owner,
  heldSince: date,
  coolUntil: date,
})

const marks = list(word, MAX_SPENT)

/**
 * Field by field: what is well-formed is taken, all else is left out. Versions 1 and 2
 * have these fields under the same names.
 */
export function readUnverified(content: LooseFields): Unverified {
  const phase = wellFormed(oneOf(phases), content['phase'])
  const isHeld = phase === 'claimed' || phase === 'examining'
  const held = isHeld
    ? wellFormed(unverifiedClaim, content['claim'])
    : undefined
  const restUntil = wellFormed(date, content['restUntil'])
  const wrote = wellFormed(date, content['wrote'])
  const sequence = wellFormed(count, content['sequence'])
  return {
    ...(held && { claim: held }),
    ...(restUntil && { restUntil }),
    ...(wrote && { wrote }),
    ...(sequence !== undefined && { sequence }),
    spent: wellFormed(marks, content['spent']) ?? [],
  }
}
