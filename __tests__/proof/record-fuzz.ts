import { Chance } from '../support/chance.ts'
import { ProcessContest, type Contest, type Fate } from '../support/contest.ts'
import {
  contentOf,
  damages,
  isState,
  pathsOf,
  toMessage,
  valueAt,
  withValue,
  type Content,
} from '../support/forgeries.ts'
import {
  DAY_MILLISECONDS,
  enter,
  isIdle,
  phaseNames,
  problemsAfter,
  problemsOfHealing,
} from './contested-phases.ts'

export interface Siege {
  readonly seed: number
  readonly story: readonly string[]
  readonly rounds: number
  /** What does not hold, if anything. */
  readonly problem?: string
}

/** The record is rewritten before each of so many runs. */
export const ROUNDS = 10
/** So many of these runs may be green without having done their work. */
const MAX_IDLE = 2
const HONEST_RUNS = 3
/** Longer than anything cools or rests. */
const MIN_WAIT_MILLISECONDS = 2_000_000
const fates: readonly Fate[] = [
  ...Array.from({ length: 7 }, () => 'ends' as const),
  'dies before the refresh',
  'finds the secret closed',
  'dies while it distributes',
]

/** Somebody rewrites the record before each run, and then stops. */
export async function lay(
  seed: number,
  start: () => Promise<Contest> = () => ProcessContest.start(),
): Promise<Siege> {
  const chance = new Chance(seed)
  const contest = await start()
  const story: string[] = []
  let idle = 0
  let rounds = 0
  try {
    contest.introspects = chance.below(5) > 0
    story.push(`introspects: ${contest.introspects}`)
    await contest.run()
    const phase = chance.pick(phaseNames)
    story.push(phase)
    await enter(contest, phase)
    for (rounds = 1; rounds <= ROUNDS; rounds++) {
      const count = 1 + chance.below(2)
      for (let each = 0; each < count; each++) {
        const { what, message } = forge(contest, chance)
        story.push(what)
        contest.intruder.appendMessage(message)
      }
      contest.clock.advance(
        MIN_WAIT_MILLISECONDS + chance.below(DAY_MILLISECONDS),
      )
      const fate = chance.pick(fates)
      const ending = await contest.run(fate, chance.below(5) === 0)
      story.push(`${fate}: ${ending.outcome} ${ending.code}`)
      const isNothingDue =
        ending.outcome === 'skipped-not-due' && contest.isNothingDue()
      if (isIdle(ending.outcome) && !isNothingDue) idle += 1
      const [problem] = await problemsAfter(contest, {
        ...ending,
        isGreen: false,
      })
      if (problem !== undefined) return { seed, story, rounds, problem }
    }
    const [problem] = await problemsOfHealing(contest, HONEST_RUNS)
    const found =
      problem ?? (idle > MAX_IDLE ? `${idle} runs skip in green` : undefined)
    return {
      seed,
      story,
      rounds,
      ...(found !== undefined && { problem: found }),
    }
  } catch (thrown) {
    return { seed, story, rounds, problem: String(thrown) }
  } finally {
    await contest.close()
  }
}

interface Forgery {
  readonly what: string
  readonly message: string
}

/**
 * What is longer is not read at all, and stops all runs until it is taken away: see
 * a-record-that-is-taken-away.test.ts.
 */
const MAX_CHARACTERS = 1_020_000

function forge(contest: Contest, chance: Chance): Forgery {
  let forgery
  do forgery = forgeAny(contest, chance)
  while (forgery.message.length > MAX_CHARACTERS)
  return forgery
}

function forgeAny({ intruder }: Contest, chance: Chance): Forgery {
  const { messages } = intruder
  const versions = messages.flatMap((message) => {
    const content = contentOf(message)
    return content ? [content] : []
  })
  const state = (): Content => chance.pick(versions.filter(isState))
  const any = (): Content => chance.pick(versions)
  switch (chance.below(6)) {
    case 0:
      return { what: 'an earlier version', message: chance.pick(messages) }
    case 1:
      return mixed(state(), any(), chance)
    case 2: {
      const { escrow } = any()
      return damaged({ version: 3, escrow }, 1, chance)
    }
    case 3:
      return damaged(mixed(state(), any(), chance).content, 2, chance)
    default:
      return damaged(state(), 1 + chance.below(3), chance)
  }
}

/** Of each field, either what one says or what the other does. */
function mixed(
  one: Content,
  other: Content,
  chance: Chance,
): Forgery & { readonly content: Content } {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])]
  const ofOther = names.filter(() => chance.below(3) === 0)
  const content = { ...one }
  for (const name of ofOther) Object.assign(content, { [name]: other[name] })
  const what = `a mixture: ${ofOther.join()} of another`
  return { what, message: toMessage(content), content }
}

function damaged(content: Content, count: number, chance: Chance): Forgery {
  let forged = content
  const said: string[] = []
  for (let each = 0; each < count; each++) {
    const paths = pathsOf(forged)
    if (paths.length === 0) break
    const path = chance.pick(paths)
    const name = chance.pick(Object.keys(damages))
    const value = damages[name]?.(valueAt(forged, path))
    forged = withValue(forged, path, value)
    said.push(`${path.join('.')} ${name}`)
  }
  return { what: said.join(', '), message: toMessage(forged) }
}
