import { describe, expect, test } from '@jest/globals'

import { explore } from './explorer.ts'
import {
  TIMEOUT,
  configOf,
  kindsOf,
  safeguards,
  withPlace,
} from './searches.ts'

describe('without a safeguard', () => {
  test(
    'finds a violation without distribution-claim, and none with it',
    async () => {
      const size = { runs: 2, faults: 0, waits: 0 }
      const broken = withPlace('strict', 'distribution-claim')
      const whole = withPlace('strict')
      expect(kindsOf(await explore({ config: broken, ...size }))).toEqual([
        'AT',
      ])
      expect(kindsOf(await explore({ config: whole, ...size }))).toEqual([])
    },
    TIMEOUT,
  )

  test.each(safeguards)(
    'finds a violation without $safeguard, and none with it',
    async ({ safeguard, canIntrospect, ...size }) => {
      const broken = await explore({
        config: configOf('strict', canIntrospect, safeguard),
        isQuick: true,
        ...size,
      })
      const whole = await explore({
        config: configOf('strict', canIntrospect),
        ...size,
      })
      expect(kindsOf(broken)).not.toEqual([])
      expect(kindsOf(whole)).toEqual([])
    },
    TIMEOUT,
  )
})
