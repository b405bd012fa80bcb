import { afterAll, beforeAll, expect, test } from '@jest/globals'

import {
  appendContent,
  expectHealed,
  expectIgnored,
  newestState,
  versionsOf,
} from '../support/expect-trust.ts'
import { isState, type Content } from '../support/forgeries.ts'
import { WorldContest } from '../support/world-contest.ts'

/** One grant for all of them: whatever is brought back, it goes on. */
let contest: WorldContest

beforeAll(async () => {
  contest = await WorldContest.start()
  await contest.run()
  await contest.run('finds the secret closed', true)
  await contest.run()
  await contest.run()
})

afterAll(() => contest.close())

function find(fits: (version: Content) => boolean): Content {
  const found = versionsOf(contest).findLast(fits)
  if (found === undefined) throw new Error('no such version')
  return found
}

function isOfCurrent({ current }: Content): boolean {
  return current === newestState(contest)['current']
}

const kinds: [string, () => Content][] = [
  ['the idle one before', () => find((each) => each['phase'] === 'idle')],
  ['a claim', () => find((each) => each['phase'] === 'claimed')],
  [
    'a claim of the token before',
    () => find((each) => each['phase'] === 'claimed' && !isOfCurrent(each)),
  ],
  [
    'the last one of the token before',
    () => find((each) => isState(each) && !isOfCurrent(each)),
  ],
  ['one with a copy in escrow', () => find((each) => 'escrow' in each)],
  ['a block', () => find((each) => each['phase'] === 'blocked')],
  ['the first one', () => find(isState)],
]

test.each(kinds)('%s is of its place in the chain', async (_, version) => {
  appendContent(contest, version())
  await expectIgnored(contest)
})

const mixtures: [string, () => Content][] = [
  [
    'the newest state with the code of another',
    () => ({
      ...newestState(contest),
      mac: find((each) => each['phase'] === 'claimed')['mac'],
    }),
  ],
  [
    'another state with the newest code',
    () => ({
      ...find((each) => each['phase'] === 'claimed'),
      mac: newestState(contest)['mac'],
    }),
  ],
  [
    'the newest state with a copy that has been used',
    () => ({
      ...newestState(contest),
      escrow: find((each) => 'escrow' in each)['escrow'],
    }),
  ],
  [
    'the claim and the block of another',
    () => {
      const { claim, block } = find((each) => each['phase'] === 'blocked')
      return { ...newestState(contest), phase: 'blocked', claim, block }
    },
  ],
]

test.each(mixtures)('%s is of nobody', async (_, mixture) => {
  appendContent(contest, mixture())
  await expectIgnored(contest)
})

test('all versions that there have been, one after the other', async () => {
  const { messages } = contest.intruder
  for (const message of messages.slice(-20)) {
    contest.intruder.appendMessage(message)
  }
  await expectIgnored(contest)
  expect(contest.intruder.messages.length).toBeGreaterThan(messages.length + 20)
})

test('nothing is left of it', () => expectHealed(contest))
