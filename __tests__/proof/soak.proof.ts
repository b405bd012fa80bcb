import { expect, test } from '@jest/globals'

import { spend } from './soak.ts'

const SCENARIOS = 20
/** Any will do; `npm run soak` takes another one each time and prints it. */
const FIRST_SEED = 4711
const TIMEOUT_MILLISECONDS = 60_000

test.each(Array.from({ length: SCENARIOS }, (_, index) => FIRST_SEED + index))(
  'random scenario %i',
  async (seed) => {
    const { story, problem } = await spend(seed)
    expect({ story, problem }).toMatchObject({ problem: undefined })
  },
  TIMEOUT_MILLISECONDS,
)
