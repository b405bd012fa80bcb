import { describe, expect, test } from '@jest/globals'

import { explore } from './explorer.ts'
import { TIMEOUT, configOf, small, testClass } from './searches.ts'

// The classes between them: in the proof.
describe.each(['strict', 'non-rotating'] as const)(
  'the model with a provider of class %s',
  (rotationClass) => {
    testClass(rotationClass, small)
  },
)

test(
  'finds no violation where the server introspects refresh tokens',
  async () => {
    const { violations } = await explore({
      config: configOf('strict', true),
      ...{ runs: 2, faults: 1, waits: 0 },
    })
    expect(Object.fromEntries(violations)).toEqual({})
  },
  TIMEOUT,
)
