import { describe, expect, test } from '@jest/globals'

import { classifyExchange } from '../../../src/rotation/record/classify-exchange.ts'
import type {
  ClassFacts,
  RotationClass,
} from '../../../src/rotation/record/rotation-class.ts'
import type { RefreshResult } from '../../../src/rotation/ports.ts'
import { SecretValue } from '../../../src/rotation/tokens/secret-value.ts'
import {
  beginRecord,
  claim,
  fence,
} from '../../../src/rotation/record/transitions.ts'

const presented = new SecretValue('old')
const none = { notSent: 0, limited: 0, indeterminate: 0, nonces: 0 }
const claimedAt = new Date('2026-01-01T12:00:00Z')
const owner = { repository: '', runId: '', attempt: '', job: '', nonce: 'n' }
const begun = beginRecord({
  current: 'old',
  place: 'store/RT',
  pendingPlaces: [],
  unverified: [],
})
const record = claim(begun, owner, claimedAt, claimedAt, { graceSeconds: 0 })

function facts(rotationClass: RotationClass): ClassFacts {
  return { rotationClass, graceSeconds: rotationClass === 'grace' ? 60 : 0 }
}

function after(
  result: RefreshResult,
  tries: Partial<typeof none> = {},
  rotationClass: RotationClass = 'strict',
  secondsLater = 0,
  from = record,
): string {
  const now = new Date(claimedAt.getTime() + secondsLater * 1000)
  const verdict = classifyExchange(
    result,
    presented,
    { ...none, ...tries },
    facts(rotationClass),
    from,
    now,
  )
  switch (verdict.kind) {
    case 'repeat':
      return `repeat after ${verdict.pauseMilliseconds} ms`
    case 'unspent':
      return verdict.failure.code
    default:
      return verdict.kind
  }
}

function issued(refreshToken?: string): RefreshResult {
  const tokens = refreshToken
    ? { refreshToken: new SecretValue(refreshToken) }
    : {}
  return { kind: 'issued', tokens, defects: [] }
}

const indeterminate: RefreshResult = {
  kind: 'indeterminate',
  answer: 'HTTP 500',
}
const notSent: RefreshResult = { kind: 'not-sent', answer: 'ENOTFOUND' }

function refused(
  reason: 'client' | 'request' | 'limit' | 'nonce',
  retryAfterSeconds?: number,
): RefreshResult {
  return {
    kind: 'refused',
    reason,
    answer: 'HTTP 4xx',
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  }
}

describe('tokens', () => {
  test.each([
    ['another refresh token', issued('new'), 'rotated'],
    ['the same refresh token', issued('old'), 'not-rotated'],
    ['no refresh token', issued(), 'not-rotated'],
  ])('%s', (_, result, verdict) => {
    expect(after(result)).toBe(verdict)
  })
})

describe('refusals', () => {
  test.each<[string, RefreshResult, number, string]>([
    ['the client', refused('client'), 0, 'CLIENT_AUTHENTICATION_FAILED'],
    ['the request', refused('request'), 0, 'TOKEN_REQUEST_REJECTED'],
    ['a limit, once', refused('limit', 3), 1, 'repeat after 3000 ms'],
    ['a limit, twice', refused('limit', 3), 2, 'RATE_LIMITED'],
    ['a limit without a time', refused('limit'), 1, 'RATE_LIMITED'],
    ['a limit for too long', refused('limit', 61), 1, 'RATE_LIMITED'],
    [
      'the token itself',
      { kind: 'invalid-grant', answer: 'invalid_grant' },
      0,
      'invalid-grant',
    ],
  ])('%s', (_, result, limited, verdict) => {
    expect(after(result, { limited })).toBe(verdict)
  })
})

test('a DPoP nonce is tried once', () => {
  expect(after(refused('nonce'), { nonces: 1 })).toBe('repeat after 0 ms')
  expect(after(refused('nonce'), { nonces: 2 })).toBe(
    'CLIENT_AUTHENTICATION_FAILED',
  )
})

test('what was never sent has three tries', () => {
  const verdicts = [1, 2, 3].map((count) => after(notSent, { notSent: count }))
  expect(verdicts).toEqual([
    'repeat after 1000 ms',
    'repeat after 2000 ms',
    'TOKEN_ENDPOINT_UNAVAILABLE',
  ])
})

describe('indeterminate', () => {
  test.each<[RotationClass, number]>([
    ['strict', 0],
    ['grace', 1],
    ['confirm-on-use', 3],
    ['non-rotating', 3],
  ])('%s: %i repetitions', (rotationClass, repetitions) => {
    for (let count = 1; count <= repetitions; count++) {
      expect(
        after(indeterminate, { indeterminate: count }, rotationClass),
      ).toMatch(/^repeat/)
    }
    expect(
      after(indeterminate, { indeterminate: repetitions + 1 }, rotationClass),
    ).toBe('indeterminate')
  })

  test('grace: none outside of the window', () => {
    expect(after(indeterminate, { indeterminate: 1 }, 'grace', 59)).toMatch(
      /^repeat/,
    )
    expect(after(indeterminate, { indeterminate: 1 }, 'grace', 60)).toBe(
      'indeterminate',
    )
  })

  test('grace: none after a fence, which hides when the first one was sent', () => {
    const fenced = fence(record, claimedAt, { graceSeconds: 60 })
    expect(after(indeterminate, { indeterminate: 1 }, 'grace', 1, fenced)).toBe(
      'indeterminate',
    )
  })
})
