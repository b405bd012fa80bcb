import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  test,
} from '@jest/globals'

import {
  DAY_MILLISECONDS,
  expectHealed,
  expectTrust,
  runNextDay,
} from '../support/expect-trust.ts'
import { WorldContest } from '../support/world-contest.ts'

let contest: WorldContest

const ways: [string, () => void][] = [
  [
    'deleted',
    () => {
      contest.intruder.deleteRef()
    },
  ],
  [
    'set back',
    () => {
      contest.intruder.setBack(1)
    },
  ],
  [
    'set back to its beginning',
    () => {
      contest.intruder.setBack(contest.intruder.messages.length - 1)
    },
  ],
]

/** One grant for all of them: whatever is taken away, it goes on. */
describe('before a run', () => {
  beforeAll(async () => {
    contest = await WorldContest.start()
    await contest.run()
  })

  afterAll(() => contest.close())

  test.each(ways)('%s: the token of the secret is rotated', async (_, take) => {
    await runNextDay(contest)
    take()
    await expectHealed(contest)
  })

  test.each([2, 3, 4])('set back by %d: it is rotated', async (count) => {
    await runNextDay(contest)
    contest.intruder.setBack(count)
    await expectHealed(contest)
  })
})

describe('what remains', () => {
  beforeEach(async () => {
    contest = await WorldContest.start()
    await contest.run()
  })

  afterEach(() => contest.close())

  test('a copy in escrow is gone with the ref, and it is said in red', async () => {
    contest.clock.advance(DAY_MILLISECONDS)
    await contest.run('finds the secret closed')
    contest.intruder.deleteRef()
    const { outputs, exitCode } = await runNextDay(contest)
    expect(exitCode).toBe(1)
    expect(outputs['outcome']).toBe('failed')
    expect(contest.strayRequests()).toEqual([])
  })

  test('a version that is too long to be read stops all runs until it is taken away', async () => {
    contest.intruder.appendMessage(`Idle\n\n${'A'.repeat(1_100_000)}`)
    const { outputs, exitCode } = await runNextDay(contest)
    expect(exitCode).toBe(1)
    expect(outputs).toMatchObject({
      outcome: 'failed',
      'credential-state': 'unchanged',
    })
    await expectTrust(contest)
    contest.intruder.setBack(1)
    await expectHealed(contest)
  }, 120_000)
})
