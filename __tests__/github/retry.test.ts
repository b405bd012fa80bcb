import { describe, expect, test } from '@jest/globals'

import {
  isRateLimit,
  pauseBeforeRepeating,
  type RequestResult,
} from '../../src/github/retry.ts'

function answer(
  status: number,
  headers: Record<string, string> = {},
  message = '',
): RequestResult {
  const isSuccess = status < 300
  return { kind: 'answer', status, isSuccess, headers, message }
}

const date = 'Thu, 01 Jan 2026 00:00:00 GMT'
const reset = String(Date.parse(date) / 1000 + 120)

describe('what is not repeated', () => {
  test.each([200, 201, 204, 400, 401, 403, 404, 409, 422])(
    'is %d',
    (status) => {
      expect(pauseBeforeRepeating(answer(status), 1, 0)).toBeUndefined()
    },
  )
})

describe('what is repeated', () => {
  test.each<[string, RequestResult, number]>([
    ['no answer', { kind: 'no-answer', reason: 'ECONNRESET' }, 250],
    ['500', answer(500), 250],
    ['502', answer(502), 250],
    ['503 with Retry-After', answer(503, { 'retry-after': '7' }), 7000],
    ['429 with Retry-After', answer(429, { 'retry-after': '3' }), 3000],
    ['403 with Retry-After', answer(403, { 'retry-after': '3' }), 3000],
    ['429 without a hint', answer(429), 60_000],
    [
      'a secondary limit without a hint',
      answer(403, {}, 'You have exceeded a secondary rate limit.'),
      60_000,
    ],
    [
      'an exhausted primary limit',
      answer(403, {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': reset,
        date,
      }),
      121_000,
    ],
    [
      'a primary limit that has been reset meanwhile',
      answer(429, {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': '1',
        date,
      }),
      1000,
    ],
    [
      'a limit with headers that say nothing',
      answer(429, { 'x-ratelimit-remaining': '0', 'retry-after': 'later' }),
      60_000,
    ],
  ])('%s', (_, attempt, pause) => {
    expect(pauseBeforeRepeating(attempt, 1, 1)).toBe(pause)
  })

  test('waits longer each time, up to half a minute', () => {
    const pauses = [1, 2, 3, 4, 8, 20].map((count) =>
      pauseBeforeRepeating(answer(500), count, 1),
    )
    expect(pauses).toEqual([250, 500, 1000, 2000, 30_000, 30_000])
  })

  test('waits a different time by chance', () => {
    expect(pauseBeforeRepeating(answer(500), 1, 0)).toBe(125)
  })

  test('doubles the wait for a secondary limit that goes on', () => {
    expect(pauseBeforeRepeating(answer(429), 3, 0)).toBe(240_000)
  })
})

describe('a rate limit', () => {
  test.each<[RequestResult, boolean]>([
    [answer(429), true],
    [answer(403, { 'retry-after': '1' }), true],
    [answer(403, { 'x-ratelimit-remaining': '0' }), true],
    [answer(403, {}, 'Resource not accessible by integration'), false],
    [answer(403, { 'x-ratelimit-remaining': '12' }), false],
    [answer(404, { 'retry-after': '1' }), false],
    [{ kind: 'no-answer', reason: 'ECONNRESET' }, false],
  ])('%j: %p', (attempt, expected) => {
    expect(isRateLimit(attempt)).toBe(expected)
  })
})
