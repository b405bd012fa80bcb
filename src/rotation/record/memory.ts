import type { CredentialState, RotationErrorCode } from '../outcome/errors.ts'
import type { Outcome } from '../outcome/outcome.ts'

/** How a run ended, for whoever looks at the record. */
export interface LastRun {
  readonly outcome: Outcome
  readonly errorCode?: RotationErrorCode
  readonly credentialState: CredentialState
  readonly at: Date
  readonly durations: Durations
  /** HTTP status of the last token reply. */
  readonly status?: number
  readonly runId: string
  readonly attempt: string
  readonly event: string
  readonly actor: string
  /** Of this program. */
  readonly version: string
}

/** In whole milliseconds. */
export interface Durations {
  /** From the start of the step until this was written. */
  readonly run: number
  readonly tokenRequest?: number
  /** From the token reply until the secret was written. */
  readonly store?: number
}

/** What the record remembers of runs. No decision depends on it. */
export interface Memory {
  readonly last: LastRun
  /** In a row. */
  readonly failures: number
  readonly totals: Readonly<Partial<Record<Outcome, number>>>
}

/** A run that falls back has failed: that is what is noted. */
const failing: ReadonlySet<Outcome> = new Set(['failed', 'partial'])

export function remember(memory: Memory | undefined, last: LastRun): Memory {
  const { outcome } = last
  return {
    last,
    failures: failing.has(outcome) ? (memory?.failures ?? 0) + 1 : 0,
    totals: {
      ...memory?.totals,
      [outcome]: (memory?.totals[outcome] ?? 0) + 1,
    },
  }
}
