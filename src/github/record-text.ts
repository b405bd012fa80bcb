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
        ? `Claimed by ${run}, to distribute an access token`
        : `Claimed by ${run}, to refresh with ${number}`
    case 'examining':
      return `Being examined by ${run}: what became of ${number}`
    case 'blocked':
      return `Blocked at ${number}: ${block?.credentialState} (${block?.code})`
  }
}

/** @returns undefined for what is not a record, or is of a later version */
export function readRecord(message: string): RotationRecord | undefined {
  const start = message.indexOf('\n\n')
  if (start < 0) return undefined
  const json = message.slice(start)
  try {
    const record = JSON.parse(json) as { readonly version?: unknown }
    if (record.version === 1) return readFields(JSON.parse(json, fromVersion1))
    return record.version === VERSION ? readFields(record) : undefined
  } catch {
    return undefined
  }
}

/** The names of some fields up to 0.4.0. */
const namesOfVersion1 = new Map([
  ['previous', 'superseded'],
  ['refreshTokenLife', 'refreshTokenLifetime'],
  ['isInDoubt', 'isIndeterminate'],
  ['isForHandOut', 'isForDistribution'],
  ['key_id', 'keyId'],
  ['encrypted_value', 'encryptedValue'],
])

function fromVersion1(name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return value
  }
  if (name === 'sealed' && 'body' in value) return value.body
  return Object.fromEntries(
    Object.entries(value).map(([key, field]): [string, unknown] => [
      namesOfVersion1.get(key) ?? key,
      field,
    ]),
  )
}
