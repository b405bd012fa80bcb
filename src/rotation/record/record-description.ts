import {
  boolean,
  count,
  date,
  list,
  object,
  oneOf,
  optional,
  text,
  type Read,
} from '../description.ts'
import { rotationErrorCodes } from '../outcome/errors.ts'
import { sealedSecret } from '../tokens/sealed-secret.ts'
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

/** GitHub is asked about these, so nothing else is accepted. */
const owner = object<Owner>({
  repository: text(/^(?!\.+\/)[\w.-]{1,100}\/(?!\.+$)[\w.-]{1,100}$/),
  runId: text(/^\d{1,20}$/),
  attempt: text(/^\d{1,9}$/),
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

const block = object<Block>({
  credentialState: oneOf(blockedStates),
  // Another version may know other codes.
  code: (value) => {
    const code = text(/^.+$/s)(value)
    return rotationErrorCodes.find((each) => each === code) ?? 'UNKNOWN'
  },
  at: date,
  isOverridden: boolean,
})

const anyRecord = object<RotationRecord>({
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
  return record
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
export function readUnverified(
  content: Readonly<Record<string, unknown>>,
): Unverified {
  const wellFormed = <T>(read: Read<T>, name: string): T | undefined => {
    try {
      return read(content[name])
    } catch {
      return undefined
    }
  }
  const phase = wellFormed(oneOf(phases), 'phase')
  const isHeld = phase === 'claimed' || phase === 'examining'
  const held = isHeld ? wellFormed(unverifiedClaim, 'claim') : undefined
  const restUntil = wellFormed(date, 'restUntil')
  const wrote = wellFormed(date, 'wrote')
  const sequence = wellFormed(count, 'sequence')
  return {
    ...(held && { claim: held }),
    ...(restUntil && { restUntil }),
    ...(wrote && { wrote }),
    ...(sequence !== undefined && { sequence }),
    spent: wellFormed(marks, 'spent') ?? [],
  }
}
