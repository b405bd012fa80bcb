import { afterAll, expect, test } from '@jest/globals'

import type { ProviderClass } from '../support/class-shim.ts'
import { cells, play, type Cell } from './crash-points.ts'

/** Three processes or more, on a machine that may be busy. */
const TIMEOUT_MILLISECONDS = 60_000

/**
 * Strikes a rotation in every cell. A token may be lost in those cells only, and
 * in each of them it is: any more or fewer fails.
 *
 * @param lostCells as `point, way`; both snapshots are meant
 */
export function proveCrashPoints(
  providerClass: ProviderClass,
  lostCells: readonly string[],
): void {
  let lost = 0

  test.each(cells.map((cell) => [nameCell(cell), cell] as const))(
    '%s',
    async (_, cell) => {
      const verdict = await play(cell, providerClass)
      if (verdict.isLost) lost += 1
      const mayBeLost = lostCells.includes(`${cell.point.name}, ${cell.way}`)
      expect(verdict).toMatchObject({ isLost: mayBeLost, replays: 0 })
      // A person is asked for, or the work is done; nothing skips for ever.
      expect(verdict.outcomes.at(-1)).not.toMatch(/^skipped/)
    },
    TIMEOUT_MILLISECONDS,
  )

  afterAll(() => {
    console.info(
      `${providerClass.rotationClass}: ${lost} of ${cells.length} cells lose the token`,
    )
    expect(lost).toBe(lostCells.length * 2)
  })
}

function nameCell({ point, way, snapshot }: Cell): string {
  return `${point.name}, ${way}, then a run with a ${snapshot} snapshot`
}
