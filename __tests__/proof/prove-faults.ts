import { expect } from '@jest/globals'

import { isGap, play, type Call } from './fault-matrix.ts'

const outcomes = [
  'rotated',
  'partial',
  'failed',
  'skipped-busy',
  'skipped-stale',
]

/** One cell: exactly one outcome, which is true, and nothing lost but in a gap. */
export async function prove(call: Call, fault: string): Promise<void> {
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
function lastOutcome({ name }: Call, fault: string): string {
  const isUnknown =
    name === 'refresh' && !['429 with Retry-After', '404'].includes(fault)
  return isUnknown ? 'failed' : 'rotated'
}
