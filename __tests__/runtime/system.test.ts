import { createHash } from 'node:crypto'

import { describe, expect, test } from '@jest/globals'

import { SecretValue } from '../../src/rotation/tokens/secret-value.ts'
import { createSystem } from '../../src/runtime/system.ts'

describe('a fingerprint', () => {
  const long = new SecretValue('a-token-of-32-characters-or-more')
  const system = createSystem()

  test('is SHA-256 with the salt, cut to 128 bits', () => {
    const digest = createHash('sha256')
      .update(`salt${long.reveal()}`)
      .digest('hex')
    expect(system.fingerprint(long, 'salt')).toBe(digest.slice(0, 32))
  })

  test('is equal for equal tokens under one salt only', () => {
    const same = new SecretValue(long.reveal())
    expect(system.fingerprint(same, 'salt')).toBe(
      createSystem().fingerprint(long, 'salt'),
    )
    expect(system.fingerprint(long, 'pepper')).not.toBe(
      system.fingerprint(long, 'salt'),
    )
  })

  test('of a token that could be guessed is made at a cost', () => {
    const short = new SecretValue('a-token-of-31-characters-or-les')
    const fingerprint = createSystem().fingerprint(short, 'salt')
    expect(fingerprint).toMatch(/^[0-9a-f]{32}$/)
    const cheap = createHash('sha256')
      .update(`salt${short.reveal()}`)
      .digest('hex')
    expect(fingerprint).not.toBe(cheap.slice(0, 32))
  })
})

describe('the time', () => {
  test('is that of the server as soon as it is known, and goes on', () => {
    const system = createSystem()
    const told = new Date('2030-01-01T00:00:00Z')
    system.learnTime(told)
    const now = system.serverNow().getTime() - told.getTime()
    expect(now).toBeGreaterThanOrEqual(0)
    expect(now).toBeLessThan(10_000)
  })

  test('does not go back for an answer that was long on its way', () => {
    const system = createSystem()
    system.learnTime(new Date('2030-01-01T00:00:10Z'))
    system.learnTime(new Date('2030-01-01T00:00:00Z'))
    expect(system.serverNow().getTime()).toBeGreaterThanOrEqual(
      Date.parse('2030-01-01T00:00:10Z'),
    )
  })

  test('that has passed is what the clock says that says more', () => {
    const system = createSystem()
    const { monotonicMilliseconds, wallMilliseconds } = system.mark()
    // The machine was frozen for an hour, and only the wall clock has seen it.
    const passed = system.millisecondsSince({
      monotonicMilliseconds,
      wallMilliseconds: wallMilliseconds - 3_600_000,
    })
    expect(passed).toBeGreaterThanOrEqual(3_600_000)
  })
})
