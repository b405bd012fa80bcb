import { describe, expect, test } from '@jest/globals'

import { explore } from './explorer.ts'
import { TIMEOUT, configOf, isFull, testClass } from './searches.ts'

describe('the model with a provider of class strict', () => {
  testClass('strict')
})

test(
  'finds no violation where the server introspects refresh tokens',
  async () => {
    const { violations } = await explore({
      config: configOf('strict', true),
      ...(isFull
        ? { runs: 3, faults: 2, waits: 1 }
        : { runs: 2, faults: 2, waits: 0 }),
    })
    expect(Object.fromEntries(violations)).toEqual({})
  },
  TIMEOUT,
)
