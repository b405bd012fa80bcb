import { describe, expect, test } from '@jest/globals'

import { explore } from './explorer.ts'
import { TIMEOUT, attacked, configOf, guards, kindsOf } from './searches.ts'

describe('somebody who may write contents', () => {
  // The other classes, and more: in the proof.
  test(
    'does no harm to a provider of class strict',
    async () => {
      const config = configOf('strict')
      const found = await explore({ config, ...attacked.small })
      expect(Object.fromEntries(found.violations)).toEqual({})
      expect(found.states).toBeGreaterThan(0)
    },
    TIMEOUT,
  )

  test.each(guards)(
    'does some without $guard',
    async ({ guard, ...size }) => {
      const config = configOf('strict', false, guard)
      const found = await explore({ config, isQuick: true, ...size })
      expect(kindsOf(found)).not.toEqual([])
    },
    TIMEOUT,
  )
})
