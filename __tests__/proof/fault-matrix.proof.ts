import { describe, expect, test } from '@jest/globals'

import { calls, faults, isGap, play } from './fault-matrix.ts'

/** A token endpoint that stalls is waited for two minutes. */
const TIMEOUT_MILLISECONDS = 200_000

const outcomes = [
  'rotated',
  'partial',
  'failed',
  'skipped-busy',
  'skipped-stale',
]

const quick = Object.keys(faults).filter((fault) => fault !== 'stalls')

async function prove(
  call: (typeof calls)[number],
  fault: string,
): Promise<void> {
  const verdict = await play(call, fault)
  const { main, post } = verdict.struck
  const { outcome } = main.outputs
  expect(outcomes).toContain(outcome)
  const isFailing = outcome === 'failed' || outcome === 'partial'
  expect(main.exitCode).toBe(isFailing ? 1 : 0)
  expect(main.outputs['error-code'] !== '').toBe(isFailing)
  expect(post.exitCode).toBe(0)
  expect(verdict).toMatchObject({
    isTrue: true,
    replays: 0,
    isLost: isGap(call, fault),
  })
  expect(verdict.outcomes.at(-1)).toBe(
    isGap(call, fault) ? 'failed' : lastOutcome(call, fault),
  )
}

/** Where nobody can know whether the token was spent, a person is asked for. */
function lastOutcome({ name }: (typeof calls)[number], fault: string): string {
  const isUnknown =
    name === 'refresh' &&
    !['401', '429 with Retry-After', '404'].includes(fault)
  return isUnknown ? 'failed' : 'rotated'
}

describe.each(calls.map((call) => [call.name, call] as const))(
  '%s',
  (_, call) => {
    test.each(quick)('%s', (fault) => prove(call, fault), TIMEOUT_MILLISECONDS)
  },
)

test(
  'stalls, each of them',
  async () => {
    await Promise.all(calls.map((call) => prove(call, 'stalls')))
  },
  TIMEOUT_MILLISECONDS,
)
