import { rotationErrorCodes } from '../rotation/errors.ts'
import { Fields } from '../rotation/fields.ts'
import {
  readKnownAccessToken,
  readLife,
  readPlaces,
  readWord,
  readWords,
} from '../rotation/record-fields.ts'
import type {
  Block,
  Claim,
  Escrow,
  Owner,
  RotationRecord,
} from '../rotation/record.ts'
import { readSealedSecret } from '../rotation/sealed-secret.ts'

const VERSION = 1

const blockedStates = ['escrowed', 'unknown', 'lost'] as const
const phases = ['idle', 'claimed', 'examining', 'blocked'] as const

/** One line for people, an empty line, and the record as JSON. */
export function writeRecord(record: RotationRecord): string {
  const { escrow, ...rest } = record
  const version = {
    version: VERSION,
    ...rest,
    ...(escrow && { escrow: writeEscrow(escrow) }),
  }
  const json = JSON.stringify(version, undefined, 2)
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
  const wrote = fields.optionalDate('wrote')
  const accessToken = fields.optional('accessToken', readKnownAccessToken)
  const refreshTokenLife = fields.optional('refreshTokenLife', readLife)
  const grantSince = fields.optionalDate('grantSince')
  const claim = fields.optional('claim', toClaim)
  const restUntil = fields.optionalDate('restUntil')
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
    salt: readWord(fields, 'salt'),
    current: readWord(fields, 'current'),
    previous: readWords(fields, 'previous'),
    pendingPlaces: readPlaces(fields, 'pendingPlaces'),
    knowsIntrospection: fields.boolean('knowsIntrospection'),
    ...(wrote && { wrote }),
    ...(accessToken && { accessToken }),
    ...(refreshTokenLife && { refreshTokenLife }),
    ...(grantSince && { grantSince }),
    ...(claim && { claim }),
    ...(restUntil && { restUntil }),
    ...(escrow && { escrow }),
    ...(block && { block: withEscrow(block, escrow) }),
  }
}

/** Nobody is told that a copy is there when it is not. */
function withEscrow(block: Block, escrow: Escrow | undefined): Block {
  return block.credentialState === 'escrowed' && escrow === undefined
    ? { ...block, credentialState: 'unknown' }
    : block
}

function toClaim(fields: Fields): Claim {
  const fencedAt = fields.optionalDate('fencedAt')
  const isInDoubt = fields.boolean('isInDoubt')
  const isForHandOut = fields.optionalBoolean('isForHandOut')
  // Nobody may take one for the other: what is in doubt has to be judged.
  if (isForHandOut && isInDoubt) throw new TypeError('isForHandOut')
  return {
    owner: toOwner(fields.object('owner')),
    heldSince: fields.date('heldSince'),
    firstAt: fields.date('firstAt'),
    updatedAt: fields.date('updatedAt'),
    ...(fencedAt && { fencedAt }),
    coolUntil: fields.date('coolUntil'),
    isInDoubt,
    ...(isForHandOut !== undefined && { isForHandOut }),
  }
}

/** GitHub is asked about these, so they are nothing but what they have to be. */
function toOwner(fields: Fields): Owner {
  const repository = fields.text('repository', /^[\w.-]{1,100}\/[\w.-]{1,100}$/)
  if (repository.split('/').some((each) => /^\.+$/.test(each))) {
    throw new TypeError('repository')
  }
  return {
    repository,
    runId: fields.text('runId', /^\d{1,20}$/),
    attempt: fields.text('attempt', /^\d{1,9}$/),
    job: fields.text('job', /^[\w-]{1,255}$/),
    nonce: readWord(fields, 'nonce'),
  }
}

function toEscrow(fields: Fields): Escrow {
  const body = fields.object('sealed').object('body')
  return {
    replaces: readWord(fields, 'replaces'),
    token: readWord(fields, 'token'),
    sealed: readSealedSecret(
      body.value('key_id'),
      body.value('encrypted_value'),
    ),
  }
}

function writeEscrow({ replaces, token, sealed }: Escrow): object {
  const { keyId, encryptedValue } = sealed
  return {
    replaces,
    token,
    sealed: { body: { key_id: keyId, encrypted_value: encryptedValue } },
  }
}

function toBlock(fields: Fields): Block {
  const code = fields.text('code')
  return {
    credentialState: fields.oneOf('credentialState', blockedStates),
    // Another version may know codes that this one does not.
    code: rotationErrorCodes.find((each) => each === code) ?? 'UNKNOWN',
    at: fields.date('at'),
    isOverridden: fields.boolean('isOverridden'),
  }
}
