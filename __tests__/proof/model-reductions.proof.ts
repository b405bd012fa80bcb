import { describe, expect, test } from '@jest/globals'

import type { RotationClass } from '../../src/rotation/record/rotation-class.ts'
import { explore } from '../model/explorer.ts'
import {
  TIMEOUT,
  configOf,
  isFull,
  kindsOf,
  safeguards,
  withPlace,
} from '../model/searches.ts'

const classes: RotationClass[] = [
  'strict',
  'grace',
  'confirm-on-use',
  'non-rotating',
]

describe('the reductions of the search', () => {
  const small = { runs: 2, faults: 1, waits: 1 }

  test.each([undefined, ...safeguards.map(({ safeguard }) => safeguard)])(
    'hide nothing (without %s)',
    async (ablation) => {
      const config = configOf('strict', ablation === 'cooling', ablation)
      const reduced = await explore({ config, ...small })
      const plain = await explore({ config, ...small, isPlain: true })
      expect(new Set(kindsOf(reduced))).toEqual(new Set(kindsOf(plain)))
      expect(plain.states).toBeGreaterThan(reduced.states)
    },
    TIMEOUT,
  )

  test.each([undefined, 'distribution-claim' as const])(
    'hide nothing with a place (without %s)',
    async (ablation) => {
      const config = withPlace('strict', ablation)
      const reduced = await explore({ config, ...small })
      const plain = await explore({ config, ...small, isPlain: true })
      expect(new Set(kindsOf(reduced))).toEqual(new Set(kindsOf(plain)))
      expect(plain.states).toBeGreaterThan(reduced.states)
    },
    TIMEOUT,
  )

  test.each([configOf, withPlace])(
    'take no two places in the code for one (%p)',
    async (configure) => {
      for (const rotationClass of classes) {
        const { conflicts } = await explore({
          config: configure(rotationClass),
          ...(isFull ? { runs: 2, faults: 2, waits: 0 } : small),
          isPlain: true,
        })
        expect(conflicts).toBe(0)
      }
    },
    TIMEOUT,
  )
})
