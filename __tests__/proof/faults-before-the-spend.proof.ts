import { describe, test } from '@jest/globals'

import { calls, faults } from './fault-matrix.ts'
import { prove } from './prove-faults.ts'

const TIMEOUT_MILLISECONDS = 60_000

const quick = Object.keys(faults).filter((fault) => fault !== 'stalls')

/** Up to the claim. */
const before = calls.slice(0, 9)

describe.each(before.map((call) => [call.name, call] as const))(
  '%s',
  (_, call) => {
    test.each(quick)('%s', (fault) => prove(call, fault), TIMEOUT_MILLISECONDS)
  },
)
