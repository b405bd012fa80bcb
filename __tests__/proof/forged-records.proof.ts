import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

import { ProcessContest, type Position } from '../support/contest.ts'
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
import { WorldContest } from '../support/world-contest.ts'
import {
  DAY_MILLISECONDS,
  enter,
  live,
  phaseNames,
  problemsAfter,
  problemsOfHealing,
  type Phase,
} from './contested-phases.ts'

const TIMEOUT_MILLISECONDS = 900_000
/** A run that has rotated in spite of it is followed by another one this often. */
const HEALED_EVERY = 5
const SHORT_MILLISECONDS = 1000
/** The bundle finds what is authentic below so many at once. */
const BUNDLE_FORGERIES = 25

describe.each(phaseNames)('a record that is %s', (phase: Phase) => {
  let contest: ProcessContest
  let position: Position
  let messages: readonly string[]
  let versions: Content[]
  let tried = 0

  beforeAll(async () => {
    contest = await ProcessContest.start()
    await live(contest)
    await enter(contest, phase)
    position = contest.position
    messages = contest.intruder.messages
    versions = messages.flatMap((each) => {
      const content = contentOf(each)
      return content ? [content] : []
    })
  })

  afterAll(async () => {
    await contest.close()
    console.log(`${phase}: ${tried} forged records`)
  })

  /** How the run ends after this was appended; with nothing: as it should. */
  async function endingAfter(
    message: string | undefined,
    wait: number,
  ): Promise<string> {
    contest.beginAgain(position)
    if (message !== undefined) contest.intruder.appendMessage(message)
    contest.clock.advance(wait)
    return (await contest.run()).outcome
  }

  async function expectNoEffect(
    forged: Iterable<readonly [string, string]>,
    wait = DAY_MILLISECONDS,
  ): Promise<void> {
    const honest = await endingAfter(undefined, wait)
    const problems: string[] = []
    for (const [what, message] of forged) {
      tried += 1
      contest.beginAgain(position)
      contest.intruder.appendMessage(message)
      contest.clock.advance(wait)
      const ending = await contest.run()
      const found =
        ending.outcome === honest
          ? (await problemsAfter(contest, ending)).filter(
              (problem) => problem !== `${honest} in green`,
            )
          : [`${ending.outcome} ${ending.code} instead of ${honest}`]
      const content = contentOf(message)
      const isForeign =
        content === undefined ||
        Object.keys(content).some(
          (each) => !['version', 'escrow'].includes(each),
        )
      if (isForeign && !ending.isTampered) found.push('not warned of')
      if (ending.outcome !== 'rotated' || tried % HEALED_EVERY === 0) {
        found.push(...(await problemsOfHealing(contest, 2)))
      }
      if (found.length > 0) problems.push(`${what}: ${found.join('; ')}`)
    }
    expect(problems).toEqual([])
  }

  /** The newest state with every field that any version has. */
  function fullest(): Content {
    const states = versions.filter(isState)
    return Object.assign({}, ...states, states.at(-1)) as Content
  }

  function* damaged(names: readonly string[]): Generator<[string, string]> {
    const newest = versions.findLast(isState) ?? {}
    const full = fullest()
    for (const path of pathsOf(full)) {
      const owner = path[0] ?? ''
      // Where the newest has no such field, it is given the one of another version.
      const base =
        owner in newest
          ? newest
          : { ...newest, [owner]: valueAt(full, [owner]) }
      for (const name of names) {
        const value = damages[name]?.(valueAt(base, path))
        yield [
          `${path.join('.')} ${name}`,
          toMessage(withValue(base, path, value)),
        ]
      }
    }
  }

  test(
    'each field of it is something else',
    () => expectNoEffect(damaged(Object.keys(damages))),
    TIMEOUT_MILLISECONDS,
  )

  test(
    'each field of it is of another time, at once',
    () =>
      expectNoEffect(
        damaged(['far in the past', 'far in the future', 'of another value']),
        SHORT_MILLISECONDS,
      ),
    TIMEOUT_MILLISECONDS,
  )

  test(
    'each earlier version of it is brought back',
    () =>
      expectNoEffect(
        messages.map((message, index) => [`version ${index}`, message]),
      ),
    TIMEOUT_MILLISECONDS,
  )

  function* mixtures(): Generator<[string, string]> {
    for (const [one, state] of versions.entries()) {
      for (const [other, { mac, escrow }] of versions.entries()) {
        const what = `state of ${one}, %s of ${other}`
        // Each with the newest, and every third of all others.
        const newest = versions.length - 1
        const isTried =
          one === newest || other === newest || (one * 7 + other) % 3 === 0
        if (!isTried || one === other) continue
        yield [what.replace('%s', 'code'), toMessage({ ...state, mac })]
        if (escrow === undefined) continue
        yield [what.replace('%s', 'copy'), toMessage({ ...state, escrow })]
      }
    }
  }

  test(
    'any two versions of it are mixed',
    () => expectNoEffect(mixtures()),
    TIMEOUT_MILLISECONDS,
  )
})

test('a copy of the same token from another time is not the one of now', async () => {
  const contest = await ProcessContest.start()
  try {
    await live(contest)
    const { position } = contest
    await contest.run('finds the secret closed', true)
    const [{ escrow } = {}] = contest.intruder.messages
      .map((each) => contentOf(each) ?? {})
      .filter((each) => 'escrow' in each)
      .slice(-1)
    expect(escrow).toBeDefined()
    // As if the token had never been sent; and the record begins anew.
    contest.beginAgain(position)
    contest.intruder.deleteRef()
    contest.clock.advance(DAY_MILLISECONDS)
    await contest.run('dies before the refresh')
    contest.intruder.appendMessage(toMessage({ version: 3, escrow }))
    contest.clock.advance(DAY_MILLISECONDS)
    expect((await contest.run()).outcome).toBe('rotated')
    expect(await contest.isLive()).toBe(true)
  } finally {
    await contest.close()
  }
})

describe.each(phaseNames)('with the bundle, a record that is %s', (phase) => {
  test(
    'all of it is something else',
    async () => {
      const contest = await WorldContest.start()
      try {
        contest.introspects = true
        await contest.run()
        await contest.run('finds the secret closed', true)
        await contest.run()
        await enter(contest, phase)
        const newest = contest.intruder.messages
          .map((each) => contentOf(each) ?? {})
          .findLast(isState)
        if (newest === undefined) throw new Error('no state')
        const paths = pathsOf(newest)
        // More than thirty in a row would hide the record.
        for (let index = 0; index < BUNDLE_FORGERIES; index++) {
          const path = paths[(index * 7) % paths.length] ?? []
          const names = Object.keys(damages)
          const value = damages[names[index % names.length] ?? '']?.(
            valueAt(newest, path),
          )
          contest.intruder.appendMessage(
            toMessage(withValue(newest, path, value)),
          )
        }
        contest.clock.advance(DAY_MILLISECONDS)
        const ending = await contest.run()
        expect(await problemsAfter(contest, ending)).toEqual([])
        expect(ending.isTampered).toBe(true)
        expect(await problemsOfHealing(contest, 2)).toEqual([])
      } finally {
        await contest.close()
      }
    },
    TIMEOUT_MILLISECONDS,
  )
})
