import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'

import type { System } from '../rotation/ports.ts'

/** The machine that this runs on, and the time that GitHub tells. */
export interface RunningSystem extends System {
  /** Learns from the `Date` of an answer. */
  learnTime(date: Date): void
  /** How many whole seconds the server's clock is ahead of the runner's. */
  clockSkewSeconds(): number
}

export function createSystem(): RunningSystem {
  // The server's time when this process began, if known.
  let epoch: number | undefined

  return {
    learnTime(date) {
      // A `Date` is older than its arrival, so the later of two is more exact.
      const began = date.getTime() - performance.now()
      epoch = Math.max(epoch ?? began, began)
    },
    clockSkewSeconds: () =>
      epoch === undefined
        ? 0
        : Math.round((epoch + performance.now() - Date.now()) / 1000),
    serverNow: () =>
      epoch === undefined ? new Date() : new Date(epoch + performance.now()),
    elapsedMilliseconds: () => Math.round(performance.now()),
    mark: () => ({
      monotonicMilliseconds: performance.now(),
      wallMilliseconds: Date.now(),
    }),
    millisecondsSince: ({ monotonicMilliseconds, wallMilliseconds }) =>
      Math.max(
        performance.now() - monotonicMilliseconds,
        Date.now() - wallMilliseconds,
      ),
    sleep: (milliseconds) => setTimeout(milliseconds),
    random: () => Math.random(),
    randomHex: (bytes) => randomBytes(bytes).toString('hex'),
  }
}
