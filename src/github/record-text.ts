import { readFields } from '../rotation/record/record-description.ts'
import type { RotationRecord } from '../rotation/record/record.ts'

const VERSION = 2

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
      return claim?.isForDistribution
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
    return readVersion(JSON.parse(message.slice(start)) as Json)
  } catch {
    return undefined
  }
}

/** Not yet looked at. */
type Json = Readonly<Record<string, unknown>>

function readVersion(json: Json): RotationRecord | undefined {
  switch (json['version']) {
    case VERSION:
      return readFields(json)
    case 1:
      return readFields(fromVersion1(json))
    default:
      return undefined
  }
}

/** Up to 0.4.0 some fields had other names. */
function fromVersion1({
  previous,
  refreshTokenLife,
  claim,
  escrow,
  ...rest
}: Json): Json {
  return {
    ...rest,
    superseded: previous,
    ...(refreshTokenLife !== undefined && {
      refreshTokenLifetime: refreshTokenLife,
    }),
    ...(claim !== undefined && { claim: claimFromVersion1(claim as Json) }),
    ...(escrow !== undefined && { escrow: escrowFromVersion1(escrow as Json) }),
  }
}

function claimFromVersion1({ isInDoubt, isForHandOut, ...rest }: Json): Json {
  return {
    ...rest,
    isIndeterminate: isInDoubt,
    ...(isForHandOut !== undefined && { isForDistribution: isForHandOut }),
  }
}

function escrowFromVersion1({ sealed, ...rest }: Json): Json {
  const { body } = sealed as { body: Json }
  return {
    ...rest,
    sealed: { keyId: body['key_id'], encryptedValue: body['encrypted_value'] },
  }
}
