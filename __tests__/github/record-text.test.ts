import { expect, test } from '@jest/globals'

import { readRecord, writeRecord } from '../../src/github/record-text.ts'
import type { RotationRecord } from '../../src/rotation/record/record.ts'

const time = new Date('2026-01-01T12:00:00.000Z')

const owner = {
  repository: 'acme/web',
  runId: '4711',
  attempt: '2',
  job: 'rotate',
  nonce: 'abcd',
}

const claim = {
  owner,
  heldSince: time,
  firstAt: time,
  updatedAt: time,
  coolUntil: time,
  isIndeterminate: true,
}

const least: RotationRecord = {
  phase: 'idle',
  sequence: 3,
  salt: 'salt',
  current: 'fingerprint-3',
  superseded: ['fingerprint-2', 'fingerprint-1'],
  pendingPlaces: [],
  knowsIntrospection: false,
}

const whole: RotationRecord = {
  ...least,
  phase: 'blocked',
  wrote: time,
  accessToken: { fingerprint: 'a', expiresAt: time },
  refreshTokenLifetime: { since: time, expiresAt: time, isAbsolute: true },
  grantSince: time,
  pendingPlaces: ['repository:acme/web/at'],
  knowsIntrospection: true,
  claim: { ...claim, fencedAt: time },
  restUntil: time,
  escrow: {
    replaces: 'fingerprint-3',
    token: 'fingerprint-4',
    sealed: { keyId: '1', encryptedValue: 'Ym94' },
  },
  block: {
    credentialState: 'escrowed',
    code: 'PERMISSION_MISSING',
    at: time,
    isOverridden: false,
  },
}

test.each([
  ['the least', least],
  ['everything', whole],
])('%s comes back as it was', (_, record) => {
  expect(readRecord(writeRecord(record))).toEqual(record)
})

test.each<[RotationRecord, string]>([
  [least, 'Idle: refresh token 3 is current'],
  [
    { ...least, phase: 'claimed', claim },
    'Claimed by run 4711, attempt 2, to refresh with refresh token 3',
  ],
  [
    { ...least, phase: 'examining', claim },
    'Being examined by run 4711, attempt 2: what became of refresh token 3',
  ],
  [whole, 'Blocked at refresh token 3: escrowed (PERMISSION_MISSING)'],
])('the first line is for people: %#', (record, line) => {
  expect(writeRecord(record).split('\n').slice(0, 2)).toEqual([line, ''])
})

const handingOut: RotationRecord = {
  ...least,
  phase: 'claimed',
  claim: { ...claim, isIndeterminate: false, isForDistribution: true },
}

test('a claim for a distribution comes back as one, and says so in its first line', () => {
  const message = writeRecord(handingOut)
  expect(readRecord(message)).toEqual(handingOut)
  expect(message.split('\n')[0]).toBe(
    'Claimed by run 4711, attempt 2, to distribute an access token',
  )
})

test.each([
  [
    'that is indeterminate',
    '"isIndeterminate": false',
    '"isIndeterminate": true',
  ],
  ['that is neither', '"isForDistribution": true', '"isForDistribution": 1'],
])('a claim for a distribution %s is not taken for one', (_, now, then) => {
  const message = writeRecord(handingOut).replace(now, then)
  expect(message).toContain(then)
  expect(readRecord(message)).toBeUndefined()
})

const written = writeRecord(whole)

test.each([
  ['no JSON', 'Idle\n\nnothing'],
  ['no body', 'Idle'],
  ['a list', 'Idle\n\n[]'],
  ['a later version', written.replace('"version": 2', '"version": 3')],
  ['a phase that is none', written.replace('"blocked"', '"blokked"')],
  ['no salt', written.replace('"salt": "salt"', '"salt": ""')],
  ['a count that is none', written.replace('"sequence": 3', '"sequence": -3')],
  ['a date that is none', written.replace('"wrote": "2026', '"wrote": "x2026')],
  ['a life without an end', written.replace('"isAbsolute"', '"isEndless"')],
  ['blocked without a reason', written.replace('"block": {', '"blocks": {')],
  ['a claim without its owner', written.replace('"owner"', '"holder"')],
])('%s is not taken for a record', (_, message) => {
  expect(message).not.toBe(written)
  expect(readRecord(message)).toBeUndefined()
})

test('claimed without a claim is not taken for a record', () => {
  const message = writeRecord(least).replace('"idle"', '"claimed"')
  expect(readRecord(message)).toBeUndefined()
})

test('a record of 0.4.0 is still read', () => {
  const message = `Blocked\n\n${JSON.stringify({
    version: 1,
    phase: 'blocked',
    sequence: 3,
    salt: 'salt',
    current: 'fingerprint-3',
    previous: ['fingerprint-2'],
    refreshTokenLife: { since: time, expiresAt: time, isAbsolute: true },
    pendingPlaces: [],
    knowsIntrospection: false,
    claim: {
      owner: claim.owner,
      heldSince: time,
      firstAt: time,
      updatedAt: time,
      coolUntil: time,
      isInDoubt: false,
      isForHandOut: true,
    },
    escrow: {
      replaces: 'fingerprint-3',
      token: 'fingerprint-4',
      sealed: { body: { key_id: '1', encrypted_value: 'Ym94' } },
    },
    block: whole.block,
  })}`
  expect(readRecord(message)).toEqual({
    ...least,
    phase: 'blocked',
    superseded: ['fingerprint-2'],
    refreshTokenLifetime: { since: time, expiresAt: time, isAbsolute: true },
    claim: {
      owner: claim.owner,
      heldSince: time,
      firstAt: time,
      updatedAt: time,
      coolUntil: time,
      isIndeterminate: false,
      isForDistribution: true,
    },
    escrow: whole.escrow,
    block: whole.block,
  })
})
