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

/** A fingerprint, a salt or a nonce. */
export const word = text(/^[\w-]{1,64}$/)

/** As in {@link SecretPlace.id}; the name of an environment may be anything. */
export const places = list(text(/^[^\p{Cc}]{1,600}$/u))

export const knownAccessToken = object<KnownAccessToken>({
  fingerprint: word,
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

const escrow = object<Escrow>({
  replaces: word,
  token: word,
  sealed: sealedSecret,
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
  salt: word,
  current: word,
  superseded: list(word),
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
  // A missing copy must not be reported as present.
  return record.block?.credentialState === 'escrowed' && !record.escrow
    ? { ...record, block: { ...record.block, credentialState: 'unknown' } }
    : record
}
