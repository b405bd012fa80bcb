import { describe, expect, test } from '@jest/globals'

import { explore } from '../model/explorer.ts'
import {
  TIMEOUT,
  configOf,
  isFull,
  large,
  testClass,
} from '../model/searches.ts'

describe('the model with a provider of class strict', () => {
  testClass('strict', large)
})

test(
  'finds no violation where the server introspects refresh tokens',
  async () => {
    const { violations } = await explore({
      config: configOf('strict', true),
      ...(isFull
        ? { runs: 2, faults: 2, waits: 1 }
        : { runs: 2, faults: 2, waits: 0 }),
    })
    expect(Object.fromEntries(violations)).toEqual({})
  },
  TIMEOUT,
)
