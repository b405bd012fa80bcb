import { describe, expect, test } from '@jest/globals'

import {
  decide,
  isWrittenMeanwhile,
  judge,
} from '../../src/rotation/machine.ts'
import type { RefreshResult } from '../../src/rotation/ports.ts'
import { SecretValue } from '../../src/rotation/secret-value.ts'

const byHand = { label: 'secret X', replaceCommand: 'gh secret set X' }
const presented = new SecretValue('old')

function at(time: string): Date {
  return new Date(`2026-01-01T${time}Z`)
}

describe('decide', () => {
  test('goes on when the secret is there', () => {
    const seen = { updatedAt: at('10:00:00'), readAt: at('12:00:00') }
    expect(decide({ authoritative: seen }, byHand)).toEqual({
      kind: 'go-on',
      seen,
    })
  })

  test('stops when the place that would be written does not exist', () => {
    expect(decide({ authoritative: 'missing' }, byHand)).toMatchObject({
      kind: 'stop',
      failure: { code: 'SECRET_NOT_FOUND' },
    })
  })
})

describe('judge', () => {
  function issued(refreshToken?: string): RefreshResult {
    return {
      kind: 'issued',
      tokens: refreshToken
        ? { refreshToken: new SecretValue(refreshToken) }
        : {},
      defects: [],
    }
  }

  test('takes another refresh token for a rotation', () => {
    const verdict = judge(issued('new'), presented, byHand)
    expect(verdict.kind).toBe('rotated')
  })

  test.each([
    ['none', issued()],
    ['the same', issued('old')],
  ])('keeps the stored refresh token when %s comes back', (_, result) => {
    expect(judge(result, presented, byHand).kind).toBe('not-rotated')
  })

  test.each<[RefreshResult, string, string]>([
    [
      { kind: 'not-sent', answer: 'ENOTFOUND' },
      'TOKEN_ENDPOINT_UNAVAILABLE',
      'unchanged',
    ],
    [
      { kind: 'refused', reason: 'client', answer: 'HTTP 401' },
      'CLIENT_AUTHENTICATION_FAILED',
      'unchanged',
    ],
    [
      { kind: 'refused', reason: 'request', answer: 'HTTP 404' },
      'TOKEN_REQUEST_REJECTED',
      'unchanged',
    ],
    [
      { kind: 'refused', reason: 'limit', answer: 'HTTP 429' },
      'RATE_LIMITED',
      'unchanged',
    ],
    [{ kind: 'dead', answer: 'HTTP 400' }, 'REAUTHORIZATION_REQUIRED', 'lost'],
    [
      { kind: 'in-doubt', answer: 'HTTP 500' },
      'TOKEN_REQUEST_INDETERMINATE',
      'unknown',
    ],
  ])('says of %j: %s, %s', (result, code, credentialState) => {
    expect(judge(result, presented, byHand)).toMatchObject({
      kind: 'failed',
      failure: { code },
      credentialState,
    })
  })

  test.each(['dead', 'in-doubt'] as const)(
    'names the command for a new grant when the token is %s',
    (kind) => {
      const verdict = judge({ kind, answer: '' }, presented, byHand)
      expect(verdict).toMatchObject({
        failure: { remedy: expect.stringContaining('`gh secret set X`') },
      })
    },
  )
})

describe('isWrittenMeanwhile', () => {
  const seen = { updatedAt: at('10:00:00'), readAt: at('12:00:00') }
  const now = { readAt: at('12:00:05') }

  test.each([
    ['nothing new', at('10:00:00'), false],
    ['a write after the first look', at('12:00:03'), true],
    ['a write in the second of the first look', at('12:00:00'), true],
    // An earlier run's write that the first look did not show yet.
    ['an older write that a lagging read shows late', at('11:59:59'), false],
    ['an older time than before', at('09:00:00'), false],
  ])('%s', (_, updatedAt, expected) => {
    expect(isWrittenMeanwhile(seen, { ...now, updatedAt })).toBe(expected)
  })

  test('counts from the whole second of the first look', () => {
    const precise = { ...seen, readAt: new Date(+at('12:00:00') + 900) }
    const later = { ...now, updatedAt: at('12:00:00') }
    expect(isWrittenMeanwhile(precise, later)).toBe(true)
  })

  test.each(['missing', undefined] as const)(
    'does not take %p for a write',
    (state) => {
      expect(isWrittenMeanwhile(seen, state)).toBe(false)
    },
  )
})
