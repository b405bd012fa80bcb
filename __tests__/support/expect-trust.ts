import { expect } from '@jest/globals'

import { contentOf, isState, toMessage, type Content } from './forgeries.ts'
import type { StepResult } from './runner/runner.ts'
import type { WorldContest } from './world-contest.ts'

export const DAY_MILLISECONDS = 86_400_000

/** No request that a rotation does not make, and the token in the secret works. */
export async function expectTrust(contest: WorldContest): Promise<void> {
  expect(contest.strayRequests()).toEqual([])
  expect(contest.replays).toBe(0)
  expect(await contest.isLive()).toBe(true)
}

/** A day later, with whatever is in the record then. */
export async function runNextDay(contest: WorldContest): Promise<StepResult> {
  contest.clock.advance(DAY_MILLISECONDS)
  const { main } = await contest.runAction()
  return main
}

/** What was forged has no effect but a warning. */
export async function expectIgnored(
  contest: WorldContest,
  outcome = 'rotated',
): Promise<void> {
  const main = await runNextDay(contest)
  expect(main.outputs['outcome']).toBe(outcome)
  expect(main.rawOutput).toContain('RECORD_TAMPERED')
  await expectTrust(contest)
}

/** Nobody forges any more: the second honest run rotates at the latest. */
export async function expectHealed(contest: WorldContest): Promise<void> {
  const outcomes = []
  for (let run = 1; run <= 2; run++) {
    const { outputs } = await runNextDay(contest)
    outcomes.push(outputs['outcome'])
    if (outcomes.at(-1) === 'rotated') break
  }
  expect(outcomes).toContain('rotated')
  await expectTrust(contest)
}

/** The full name of the only record's ref. */
export function refOf({ git }: WorldContest): string {
  const ref = [...git.refs.keys()].find((name) =>
    name.includes('rotate-token/'),
  )
  if (ref === undefined) throw new Error('no record')
  return ref
}

/** The versions that are readable, the oldest first. */
export function versionsOf({ intruder }: WorldContest): Content[] {
  return intruder.messages.flatMap((message) => {
    const content = contentOf(message)
    return content ? [content] : []
  })
}

export function newestState(contest: WorldContest): Content {
  const state = versionsOf(contest).findLast(isState)
  if (state === undefined) throw new Error('no state')
  return state
}

export function appendContent(
  { intruder }: WorldContest,
  content: unknown,
): void {
  intruder.appendMessage(toMessage(content))
}
