import { describe, expect, test } from '@jest/globals'

import { explore } from '../model/explorer.ts'
import {
  TIMEOUT,
  attacked,
  configOf,
  isFull,
  situations,
} from '../model/searches.ts'

const classes = ['strict', 'grace', 'confirm-on-use', 'non-rotating'] as const

describe.each(classes)(
  'somebody who may write contents, and a provider of class %s',
  (rotationClass) => {
    test.each<readonly [string, (typeof attacked)[keyof typeof attacked]]>([
      ['once', attacked.small],
      ['twice', attacked.twice],
      ...(rotationClass === 'strict' || isFull
        ? [['beside a fault', attacked.withFault] as const]
        : []),
    ])(
      'does no harm %s',
      async (_, size) => {
        const config = configOf(rotationClass)
        const found = await explore({ config, ...size })
        process.stdout.write(
          `model: ${rotationClass}, ${size.runs} runs, ${size.faults} faults, ${size.attacks} attacks: ${found.states} states, ${found.histories} histories of the code\n`,
        )
        expect(Object.fromEntries(found.violations)).toEqual({})
      },
      TIMEOUT,
    )
  },
)

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
