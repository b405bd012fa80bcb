import { freshFrom } from './outside.ts'
import type { Steps } from './steps.ts'
import type { Violation, World } from './world.ts'

/** Longer than every window that the code knows. */
const LONG_WAIT_SECONDS = 4000

export interface Ending {
  readonly isStored: boolean
  readonly violations: readonly Violation[]
}

/**
 * After the faults two clean runs, one after the other, must leave a live token
 * in the secret or a record that asks for a person; never a skip for ever.
 */
export async function endCleanly(
  world: World,
  steps: Steps,
  tidy: (world: World) => World,
): Promise<Ending> {
  const violations: Violation[] = []
  const outcomes: string[] = []
  let after: World = { ...world, faultsLeft: 0 }
  for (let clean = 0; clean < 2; clean++) {
    const finished = await runCleanly(
      { ...after, now: after.now + LONG_WAIT_SECONDS },
      steps,
    )
    if (finished.violation) violations.push(finished.violation)
    outcomes.push(finished.outcome)
    after = tidy(finished.world)
  }
  const isStored = after.provider.live.includes(after.secret.value)
  const isBlocked = after.head?.record.phase === 'blocked'
  const isSkipped = outcomes[1]?.startsWith('skipped') === true
  if (isSkipped || (!isStored && !isBlocked)) {
    violations.push(`LIVE: two clean runs end ${outcomes.join(', ')}`)
  }
  if (!isStored && !world.isExcused) {
    violations.push('LIVE: a token that was not lost is not found again')
  }
  return { isStored, violations }
}

async function runCleanly(
  before: World,
  steps: Steps,
): Promise<{ world: World; outcome: string; violation?: Violation }> {
  let violation: Violation | undefined
  let outcome = 'nothing'
  let [step] = await steps.start(before, freshFrom(before), '')
  while (step) {
    violation ??= step.violation
    outcome = step.outcome ?? outcome
    const { world } = step
    const index = world.runs.findIndex((run) => typeof run === 'object')
    if (index === -1) return { world, outcome, ...(violation && { violation }) }
    ;[step] = await steps.answers(world, index)
  }
  throw new Error('a clean run does not end')
}
