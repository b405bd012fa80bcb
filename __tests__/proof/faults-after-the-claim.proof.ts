import { describe, test } from '@jest/globals'

import { calls, faults } from './fault-matrix.ts'
import { prove } from './prove-faults.ts'

const TIMEOUT_MILLISECONDS = 60_000

const quick = Object.keys(faults).filter((fault) => fault !== 'stalls')

/** From the claim on. */
const after = calls.slice(9)

describe.each(after.map((call) => [call.name, call] as const))(
  '%s',
  (_, call) => {
    test.each(quick)('%s', (fault) => prove(call, fault), TIMEOUT_MILLISECONDS)
  },
)
