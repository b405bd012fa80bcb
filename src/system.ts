import { setTimeout } from 'node:timers/promises'

import type { System } from './rotation/ports.ts'

/** The machine that this runs on. */
export const system: System = {
  monotonicMilliseconds: () => performance.now(),
  sleep: (milliseconds) => setTimeout(milliseconds),
  random: () => Math.random(),
}
