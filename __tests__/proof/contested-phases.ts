import type { Contest, Ending } from '../support/contest.ts'

export const DAY_MILLISECONDS = 86_400_000

/** A grant with a history: there are versions to bring back, and a used copy. */
export async function live(contest: Contest): Promise<void> {
  const fates = ['ends', 'finds the secret closed', 'ends', 'ends'] as const
  for (const fate of fates) {
    contest.clock.advance(DAY_MILLISECONDS)
    await contest.run(fate)
  }
}

/** What the last run left. */
const phases = {
  idle: async () => undefined,
  'claimed by a dead run': (contest) => contest.run('dies before the refresh'),
  'blocked with a copy in escrow': (contest) =>
    contest.run('finds the secret closed'),
  'blocked since nobody knows': async (contest) => {
    contest.introspects = false
    await contest.run('dies before the refresh')
    contest.clock.advance(DAY_MILLISECONDS)
    await contest.run()
  },
  'claimed to distribute': (contest) =>
    contest.run('dies while it distributes'),
} as const satisfies Record<string, (contest: Contest) => Promise<unknown>>

export type Phase = keyof typeof phases
export const phaseNames = Object.keys(phases) as Phase[]

export async function enter(contest: Contest, phase: Phase): Promise<void> {
  contest.clock.advance(DAY_MILLISECONDS)
  await phases[phase](contest)
}

/** What does not hold, in words, after a run that ended like this. */
export async function problemsAfter(
  contest: Contest,
  { outcome, isGreen }: Ending,
): Promise<string[]> {
  const isTruth =
    !isIdle(outcome) ||
    (outcome === 'skipped-not-due' && contest.isNothingDue())
  return [
    ...contest.strayRequests(),
    ...(contest.replays > 0 ? ['a token was replayed'] : []),
    ...(isGreen && !isTruth ? [`${outcome} in green`] : []),
  ]
}

/** It has done nothing, and says so. */
export function isIdle(outcome: string): boolean {
  return outcome.startsWith('skipped-') || outcome === 'adopted'
}

/**
 * Nobody forges any more: the second honest run rotates at the latest. Where nobody
 * knows what became of the token, a person starts them.
 */
export async function problemsOfHealing(
  contest: Contest,
  runs: number,
): Promise<string[]> {
  const endings: string[] = []
  for (let run = 1; run <= runs; run++) {
    contest.clock.advance(DAY_MILLISECONDS)
    const isBlocked = endings.at(-1) === 'failed'
    const { outcome } = await contest.run('ends', isBlocked)
    endings.push(outcome)
    if (outcome === 'rotated') break
  }
  return [
    ...contest.strayRequests(),
    ...(endings.includes('rotated')
      ? []
      : [`never rotates: ${endings.join()}`]),
    ...(contest.replays > 0 ? ['a token was replayed'] : []),
    ...((await contest.isLive()) ? [] : ['the token is lost']),
  ]
}
