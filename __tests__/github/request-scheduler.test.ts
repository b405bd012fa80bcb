import { expect, test } from '@jest/globals'

import {
  RequestScheduler,
  type Turn,
} from '../../src/github/request-scheduler.ts'
import { TestSystem } from '../support/test-system.ts'

const read: Turn = {
  isWrite: false,
  isPaced: false,
  patienceMilliseconds: 120_000,
}
const urgent: Turn = { ...read, isWrite: true }
const paced: Turn = { ...urgent, isPaced: true }

async function takeAll(
  scheduler: RequestScheduler,
  all: readonly Turn[],
): Promise<void> {
  await Promise.all(
    all.map((turn) => scheduler.run(turn, () => Promise.resolve())),
  )
}

test('a single rotation never waits', async () => {
  const system = new TestSystem()
  await takeAll(new RequestScheduler(system), [
    read,
    read,
    urgent,
    urgent,
    urgent,
    read,
  ])
  expect(system.sleeps).toEqual([])
})

test('many writes have a second between them, and reads do not wait for it', async () => {
  const system = new TestSystem()
  const scheduler = new RequestScheduler(system)
  await scheduler.run(urgent, () => Promise.resolve())
  await scheduler.run(paced, () => Promise.resolve())
  system.pass(400)
  await scheduler.run(read, () => Promise.resolve())
  await scheduler.run(paced, () => Promise.resolve())
  system.pass(2000)
  await scheduler.run(paced, () => Promise.resolve())
  expect(system.sleeps).toEqual([1000, 600])
})

test('while GitHub wants to be left alone, all wait for the same moment', async () => {
  const system = new TestSystem()
  const scheduler = new RequestScheduler(system)
  scheduler.holdFor(60_000)
  scheduler.holdFor(1000)
  system.pass(20_000)
  await scheduler.run(read, () => Promise.resolve())
  await scheduler.run(urgent, () => Promise.resolve())
  expect(system.sleeps).toEqual([40_000])
})

test('what has no time for the wait goes out at once, to be refused', async () => {
  const system = new TestSystem()
  const scheduler = new RequestScheduler(system)
  scheduler.holdFor(60_000)
  const impatient = { ...read, patienceMilliseconds: 60_000 }
  await scheduler.run(impatient, () => Promise.resolve())
  expect(system.sleeps).toEqual([])
})

test('ten requests are under way at most, and a failure gives its turn back', async () => {
  const scheduler = new RequestScheduler(new TestSystem())
  const open: (() => void)[] = []
  let most = 0
  let current = 0
  const all = Array.from({ length: 25 }, (_, index) =>
    scheduler.run(read, async () => {
      current += 1
      most = Math.max(most, current)
      await new Promise<void>((resolve) => open.push(resolve))
      current -= 1
      if (index % 2 === 0) throw new Error('no')
    }),
  )
  const settled = Promise.allSettled(all)
  for (let count = 0; count < 50; count++) {
    await new Promise(setImmediate)
    open.shift()?.()
  }
  expect(await settled).toHaveLength(25)
  expect(most).toBe(10)
})
