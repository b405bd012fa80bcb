import { describe, expect, test } from '@jest/globals'

import { explore } from './explorer.ts'
import {
  TIMEOUT,
  attacked,
  configOf,
  guards,
  kindsOf,
  situations,
} from './searches.ts'

describe('somebody who may write contents', () => {
  test.each(['strict', 'grace', 'confirm-on-use', 'non-rotating'] as const)(
    'does no harm to a provider of class %s',
    async (rotationClass) => {
      const config = configOf(rotationClass)
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

describe('no run is locked out', () => {
  test.each(situations)(
    'by $situation',
    async ({ config, size }) => {
      const found = await explore({
        config: { ...configOf('strict'), ...config },
        ...size,
      })
      expect(Object.fromEntries(found.violations)).toEqual({})
    },
    TIMEOUT,
  )
})
