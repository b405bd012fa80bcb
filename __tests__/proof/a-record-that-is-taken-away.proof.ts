import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

import {
  expectHealed,
  expectTrust,
  runNextDay,
} from '../support/expect-trust.ts'
import type { Rule } from '../support/fault-proxy.ts'
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
]

/** What a run asks for, in this order. */
const steps: [string, Pick<Rule, 'method' | 'path'> & { skipped?: number }][] =
  [
    ['its look at the secret', { method: 'GET', path: /\/REFRESH_TOKEN$/ }],
    ['its probe', { method: 'PUT', path: /PROBE/ }],
    ['its claim', { method: 'PATCH', path: /git\/refs/ }],
    [
      'its second look',
      { method: 'GET', path: /\/REFRESH_TOKEN$/, skipped: 1 },
    ],
    ['its write of the secret', { method: 'PUT', path: /\/REFRESH_TOKEN$/ }],
    ['its commit', { method: 'PATCH', path: /git\/refs/, skipped: 1 }],
    ['its distribution', { method: 'PUT', path: /\/ACCESS_TOKEN$/ }],
    ['its close', { method: 'PATCH', path: /git\/refs/, skipped: 2 }],
  ]

describe.each(ways)('%s while a run is under way', (_, take) => {
  beforeAll(async () => {
    contest = await WorldContest.start()
    await contest.run()
  })

  afterAll(() => contest.close())

  test.each(steps)('at %s', async (_step, { skipped = 0, ...request }) => {
    const { rules } = contest.world.githubProxy
    if (skipped > 0) {
      rules.push({ ...request, times: skipped, fault: { kind: 'pass' } })
    }
    let isTaken = false
    rules.push({
      ...request,
      times: 1,
      fault: { kind: 'pass' },
      meanwhile() {
        isTaken = true
        take()
      },
    })
    const { outputs, exitCode } = await runNextDay(contest)
    rules.length = 0
    expect(isTaken).toBe(true)
    // Not one of them is green without having rotated.
    expect([exitCode === 0, outputs['outcome'] === 'rotated']).not.toEqual([
      true,
      false,
    ])
    await expectTrust(contest)
    await expectHealed(contest)
  })
})
