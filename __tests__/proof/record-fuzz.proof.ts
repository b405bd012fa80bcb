import { expect, test } from '@jest/globals'

import { ProcessContest } from '../support/contest.ts'
import { WorldContest } from '../support/world-contest.ts'
import { lay, ROUNDS } from './record-fuzz.ts'

/** With FUZZ_SEED the same forgeries come again; a failure names its own. */
const FIRST_SEED = Number(process.env['FUZZ_SEED'] ?? 20_260_101)
const TIMEOUT_MILLISECONDS = 900_000

test.each([
  ['in this process', 200, () => ProcessContest.start()],
  ['of the bundle', 10, () => WorldContest.start()],
] as const)(
  `what is forged changes nothing that counts: %s, %d times ${ROUNDS}`,
  async (_, sieges, start) => {
    for (let index = 0; index < sieges; index++) {
      const siege = await lay(FIRST_SEED + index, start)
      expect(siege).not.toHaveProperty('problem')
    }
  },
  TIMEOUT_MILLISECONDS,
)
