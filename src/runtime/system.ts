import { createHash, randomBytes, scryptSync } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'

import type { System } from '../rotation/ports.ts'
import type { SecretValue } from '../rotation/tokens/secret-value.ts'

/** The machine that this runs on, and the time that GitHub tells. */
export interface RunningSystem extends System {
  /** Learns from the `Date` of an answer. */
  learnTime(date: Date): void
  /** How many whole seconds the server's clock is ahead of the runner's. */
  clockSkewSeconds(): number
}

const FINGERPRINT_BYTES = 16
/** Shorter tokens can be guessed, so guessing is made expensive. */
const GUESSABLE_CHARACTERS = 32

export function createSystem(): RunningSystem {
  // The server's time when this process began, if known.
  let epoch: number | undefined
  const fingerprints = new Map<string, string>()

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
    fingerprint(token, salt) {
      const text = token.reveal()
      const key = salt + text
      const known = fingerprints.get(key) ?? digest(token, salt)
      fingerprints.set(key, known)
      return known
    },
  }
}

function digest(token: SecretValue, salt: string): string {
  const text = token.reveal()
  const hash =
    text.length < GUESSABLE_CHARACTERS
      ? scryptSync(text, salt, FINGERPRINT_BYTES)
      : createHash('sha256').update(salt).update(text).digest()
  return hash.subarray(0, FINGERPRINT_BYTES).toString('hex')
}
