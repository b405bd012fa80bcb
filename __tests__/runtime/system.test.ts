import { describe, expect, test } from '@jest/globals'

import { createSystem } from '../../src/runtime/system.ts'

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
