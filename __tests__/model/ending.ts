import { isHarmless } from '../../src/rotation/record/record.ts'
import { stateOf } from './chain.ts'
import { freshFrom, withAndWithout } from './outside.ts'
import type { Step, Steps } from './steps.ts'
import type { Violation, Waiting, World } from './world.ts'

/** Longer than every window that the code knows. */
const LONG_WAIT_SECONDS = 4000

export interface Ending {
  readonly isStored: boolean
  readonly violations: Violation[]
}

/**
 * After the faults two clean runs, one after the other, must leave a live token
 * in the secret or a record that asks for a person; never a skip for ever.
 */
export async function endCleanly(
  world: World,
  steps: Steps,
  tidy: (world: World) => World,
  isFaultless: boolean,
): Promise<Ending> {
  const violations = await goOnAtOnce(world, steps)
  const outcomes: string[] = []
  let after: World = { ...world, faultsLeft: 0, attacksLeft: 0 }
  for (let clean = 0; clean < 2; clean++) {
    const later = { ...after, now: after.now + LONG_WAIT_SECONDS }
    const finished = await runCleanly(later, freshFrom(later), steps)
    if (finished.violation) violations.push(finished.violation)
    outcomes.push(finished.outcome)
    after = tidy(finished.world)
  }
  const isStored = after.provider.live.includes(after.secret.value)
  const isBlocked = stateOf(after.head)?.phase === 'blocked'
  const isSkipped =
    outcomes[1]?.startsWith('skipped') === true &&
    outcomes[1] !== 'skipped-not-due'
  if (
    isSkipped ||
    (!isStored && !isBlocked && !world.isReset && !after.isPutBack)
  ) {
    violations.push(`LIVE: two clean runs end ${outcomes.join(', ')}`)
  }
  if (!isStored && !world.isExcused && !world.isReset) {
    violations.push('LIVE: a token that was not lost is not found again')
  }
  const isHealed =
    outcomes[1] !== undefined && healthy.has(outcomes[1]) && isStored
  if (isFaultless && !world.isExcused && !world.isReset && !isHealed) {
    violations.push(
      `HEAL: without a fault two clean runs end ${outcomes.join(', ')}`,
    )
  }
  if (isStored && !isBlocked && !world.isReset && outcomes[1] === 'failed') {
    violations.push(
      `HEAL: with a token that works two clean runs end ${outcomes.join(', ')}`,
    )
  }
  if (!isBlocked && !isHandedOut(after)) {
    violations.push(
      `AT: after two clean runs (${outcomes.join(', ')}) the place does not hold the newest access token`,
    )
  }
  return { isStored, violations }
}

/** What a run says that has done its work, or had none. */
const healthy = new Set([
  'rotated',
  'not-rotated',
  'adopted',
  'distributed',
  'skipped-not-due',
])

/**
 * Whoever writes to the record right before a run can stop it, in red. No run stays away
 * in green for what he has written.
 */
export async function stayAway(
  world: World,
  steps: Steps,
  attacks: (world: World) => Step[],
): Promise<Violation[]> {
  const later = { ...world, now: world.now + LONG_WAIT_SECONDS, faultsLeft: 0 }
  const violations: Violation[] = []
  for (const attack of attacks(later)) {
    const { outcome } = await runCleanly(
      attack.world,
      freshFrom(attack.world),
      steps,
    )
    if (outcome.startsWith('skipped') && outcome !== 'skipped-not-due') {
      violations.push(`GREEN: ${attack.label}, and the next run ${outcome}`)
    }
  }
  return violations
}

function isHandedOut({ head, access }: World): boolean {
  const record = stateOf(head)
  return (
    access === undefined ||
    (record?.pendingPlaces.length === 0 &&
      record.accessToken?.id === access.stored)
  )
}

/** Whoever comes after a dead distribution neither waits nor asks for a person. */
async function goOnAtOnce(world: World, steps: Steps): Promise<Violation[]> {
  const record = stateOf(world.head)
  const isDue =
    record !== undefined &&
    isHarmless(record) &&
    record.restUntil === undefined &&
    !world.isExcused
  if (!isDue) return []
  const violations: Violation[] = []
  for (const waiting of withAndWithout(freshFrom(world))) {
    const { outcome, violation } = await runCleanly(
      { ...world, faultsLeft: 0 },
      waiting,
      steps,
    )
    if (violation) violations.push(violation)
    if (!['rotated', 'not-rotated', 'distributed'].includes(outcome)) {
      violations.push(
        `AT: after a dead distribution the next run ends ${outcome}`,
      )
    }
  }
  return violations
}

async function runCleanly(
  before: World,
  waiting: Waiting,
  steps: Steps,
): Promise<{ world: World; outcome: string; violation?: Violation }> {
  let violation: Violation | undefined
  let outcome = 'nothing'
  let [step] = await steps.start(before, waiting, '')
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
