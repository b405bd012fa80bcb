import { describe, expect, test } from '@jest/globals'

import {
  lifetimeOf,
  expiryWarning,
} from '../../../src/rotation/tokens/lifetime.ts'

const DAY = 86_400
const now = new Date('2026-01-01T12:00:00Z')

function later(days: number): Date {
  return new Date(now.getTime() + days * DAY * 1000)
}

describe('the life of a refresh token', () => {
  test('is not known where nothing is', () => {
    expect(lifetimeOf(now, now, {}, undefined)).toBeUndefined()
  })

  test('is what the server says', () => {
    const lifetimes = { idleSeconds: DAY, absoluteSeconds: DAY }
    expect(lifetimeOf(now, now, lifetimes, later(3))).toEqual({
      since: now,
      expiresAt: later(3),
      isAbsolute: false,
    })
  })

  test('begins anew with each rotation, where it is an idle time', () => {
    expect(
      lifetimeOf(now, later(-300), { idleSeconds: 60 * DAY }, undefined),
    ).toEqual({ since: now, expiresAt: later(60), isAbsolute: false })
  })

  test('ends with that of the grant, which nothing moves', () => {
    const lifetimes = { idleSeconds: 60 * DAY, absoluteSeconds: 365 * DAY }
    expect(lifetimeOf(now, later(-300), lifetimes, undefined)).toMatchObject({
      expiresAt: later(60),
    })
    expect(lifetimeOf(now, later(-320), lifetimes, undefined)).toEqual({
      since: later(-320),
      expiresAt: later(45),
      isAbsolute: true,
    })
  })
})

describe('a warning', () => {
  function warn(
    lifeDays: number,
    leftDays: number,
    isAbsolute = false,
  ): string {
    const expiresAt = later(leftDays)
    const since = new Date(expiresAt.getTime() - lifeDays * DAY * 1000)
    return expiryWarning({ since, expiresAt, isAbsolute }, now) ?? 'none'
  }

  test.each([
    [100, 26, false],
    [100, 25, true],
    [20, 8, false],
    [20, 7, true],
    // A week is its whole life.
    [7, 6, false],
    [7, 1, true],
  ])('of %i days with %i left: %p', (life, left, isWarned) => {
    expect(warn(life, left) !== 'none').toBe(isWarned)
  })

  test('has the date, and says whether a rotation helps', () => {
    expect(warn(100, 10)).toBe(
      'The refresh token expires 2026-01-11 12:00:00 UTC unless it is rotated before then.',
    )
    expect(warn(100, 10, true)).toMatch(
      /2026-01-11 12:00:00 UTC at the latest, and no refresh extends that/,
    )
    expect(warn(100, -1, true)).toContain('expired 2025-12-31')
  })
})
