import type { CredentialState, RotationErrorCode } from '../rotation/errors.ts'
import type {
  Block,
  Claim,
  Escrow,
  KnownAccessToken,
  Life,
  RotationRecord,
} from '../rotation/record.ts'

const VERSION = 1

const phases = ['idle', 'claimed', 'examining', 'blocked'] as const
const credentialStates: readonly CredentialState[] = [
  'unchanged',
  'stored',
  'journaled',
  'escrowed',
  'unknown',
  'lost',
]

/** One line for people, an empty line, and the record as JSON. */
export function writeRecord(record: RotationRecord): string {
  const json = JSON.stringify({ version: VERSION, ...record }, undefined, 2)
  return `${headline(record)}\n\n${json}\n`
}

function headline(record: RotationRecord): string {
  const { phase, sequence, claim, block } = record
  const number = `refresh token ${sequence}`
  const run = claim
    ? `run ${claim.owner.runId}, attempt ${claim.owner.attempt}`
    : ''
  switch (phase) {
    case 'idle':
      return `Idle: ${number} is current`
    case 'claimed':
      return claim?.isForHandOut
        ? `Claimed by ${run}, to hand out an access token`
        : `Claimed by ${run}, to refresh with ${number}`
    case 'examining':
      return `Being examined by ${run}: what became of ${number}`
    case 'blocked':
      return `Blocked at ${number}: ${block?.credentialState} (${block?.code})`
  }
}

/** @returns undefined for what is no record, or one of a later version */
export function readRecord(message: string): RotationRecord | undefined {
  const start = message.indexOf('\n\n')
  if (start < 0) return undefined
  try {
    return toRecord(JSON.parse(message.slice(start)))
  } catch {
    return undefined
  }
}

function toRecord(value: unknown): RotationRecord {
  const fields = new Fields(value)
  if (fields.number('version') !== VERSION) throw new TypeError('version')
  const wrote = fields.optional('wrote', toDate)
  const accessToken = fields.optional('accessToken', toAccessToken)
  const refreshTokenLife = fields.optional('refreshTokenLife', toLife)
  const grantSince = fields.optional('grantSince', toDate)
  const claim = fields.optional('claim', toClaim)
  const restUntil = fields.optional('restUntil', toDate)
  const escrow = fields.optional('escrow', toEscrow)
  const block = fields.optional('block', toBlock)
  const phase = fields.oneOf('phase', phases)
  const isClaimed = phase === 'claimed' || phase === 'examining'
  if (isClaimed && claim === undefined) throw new TypeError('no claim')
  if (phase === 'blocked' && block === undefined)
    throw new TypeError('no block')
  return {
    phase,
    sequence: fields.number('sequence'),
    salt: fields.text('salt'),
    current: fields.text('current'),
    previous: fields.texts('previous'),
    pendingPlaces: fields.texts('pendingPlaces'),
    knowsIntrospection: fields.boolean('knowsIntrospection'),
    ...(wrote && { wrote }),
    ...(accessToken && { accessToken }),
    ...(refreshTokenLife && { refreshTokenLife }),
    ...(grantSince && { grantSince }),
    ...(claim && { claim }),
    ...(restUntil && { restUntil }),
    ...(escrow && { escrow }),
    ...(block && { block }),
  }
}

function toAccessToken(value: unknown): KnownAccessToken {
  const fields = new Fields(value)
  return {
    fingerprint: fields.text('fingerprint'),
    expiresAt: fields.date('expiresAt'),
  }
}

function toLife(value: unknown): Life {
  const fields = new Fields(value)
  return {
    since: fields.date('since'),
    expiresAt: fields.date('expiresAt'),
    isAbsolute: fields.boolean('isAbsolute'),
  }
}

function toClaim(value: unknown): Claim {
  const fields = new Fields(value)
  const owner = new Fields(fields.value('owner'))
  const fencedAt = fields.optional('fencedAt', toDate)
  const isInDoubt = fields.boolean('isInDoubt')
  const isForHandOut = fields.optional('isForHandOut', toBoolean)
  // Nobody may take one for the other: what is in doubt has to be judged.
  if (isForHandOut && isInDoubt) throw new TypeError('isForHandOut')
  return {
    owner: {
      repository: owner.text('repository'),
      runId: owner.text('runId'),
      attempt: owner.text('attempt'),
      job: owner.text('job'),
      nonce: owner.text('nonce'),
    },
    heldSince: fields.date('heldSince'),
    firstAt: fields.date('firstAt'),
    updatedAt: fields.date('updatedAt'),
    ...(fencedAt && { fencedAt }),
    coolUntil: fields.date('coolUntil'),
    isInDoubt,
    ...(isForHandOut !== undefined && { isForHandOut }),
  }
}

function toEscrow(value: unknown): Escrow {
  const fields = new Fields(value)
  const sealed = new Fields(fields.value('sealed'))
  return {
    replaces: fields.text('replaces'),
    token: fields.text('token'),
    sealed: { body: new Fields(sealed.value('body')).all },
  }
}

function toBlock(value: unknown): Block {
  const fields = new Fields(value)
  return {
    credentialState: fields.oneOf('credentialState', credentialStates),
    // Another version may know codes that this one does not; it is only shown.
    code: fields.text('code') as RotationErrorCode,
    at: fields.date('at'),
    isOverridden: fields.boolean('isOverridden'),
  }
}

function toDate(value: unknown): Date {
  const date = new Date(typeof value === 'string' ? value : NaN)
  if (Number.isNaN(date.getTime())) throw new TypeError('no date')
  return date
}

function toBoolean(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new TypeError('no boolean')
  return value
}

/** The fields of an object of JSON; throws a TypeError at what is not right. */
class Fields {
  readonly all: Readonly<Record<string, unknown>>

  constructor(value: unknown) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new TypeError('no object')
    }
    this.all = value as Record<string, unknown>
  }

  value(name: string): unknown {
    return this.all[name]
  }

  text(name: string): string {
    const value = this.all[name]
    if (typeof value !== 'string' || value === '') throw new TypeError(name)
    return value
  }

  texts(name: string): string[] {
    const value = this.all[name]
    if (!Array.isArray(value)) throw new TypeError(name)
    return value.map((each: unknown) => {
      if (typeof each !== 'string') throw new TypeError(name)
      return each
    })
  }

  /** A count. */
  number(name: string): number {
    const value = this.all[name]
    if (!Number.isSafeInteger(value) || Number(value) < 0) {
      throw new TypeError(name)
    }
    return Number(value)
  }

  boolean(name: string): boolean {
    return toBoolean(this.all[name])
  }

  date(name: string): Date {
    return toDate(this.all[name])
  }

  oneOf<T extends string>(name: string, words: readonly T[]): T {
    const word = words.find((each) => each === this.all[name])
    if (word === undefined) throw new TypeError(name)
    return word
  }

  optional<T>(name: string, read: (value: unknown) => T): T | undefined {
    return this.all[name] === undefined ? undefined : read(this.all[name])
  }
}
