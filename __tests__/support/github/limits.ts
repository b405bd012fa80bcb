import type { Clock } from '../clock.ts'

/** @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api */
export interface Limits {
  readonly perHour: number
  readonly pointsPerMinute: number
  readonly writesPerMinute: number
  readonly writesPerHour: number
  /**
   * Who has written more often than `after` times within a minute has to leave
   * this much time between two writes.
   *
   * @see https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
   */
  readonly pauseBetweenWrites?: {
    readonly after: number
    readonly milliseconds: number
  }
  /** A secondary limit does not say when to come again. */
  readonly hasNoRetryAfter?: boolean
  /** How the primary limit is refused; GitHub does both. */
  readonly primaryStatus?: 403 | 429
}

/** What GitHub publishes for a personal access token. */
export const publishedLimits: Limits = {
  perHour: 5000,
  pointsPerMinute: 900,
  writesPerMinute: 80,
  writesPerHour: 500,
}

/** And for `GITHUB_TOKEN`; here per token, on GitHub per repository. */
export const jobLimits: Limits = { ...publishedLimits, perHour: 1000 }

const MINUTE = 60_000
const HOUR = 60 * MINUTE

interface Use {
  readonly at: number
  readonly isWrite: boolean
}

export interface Verdict {
  readonly refusal?: { readonly status: 403 | 429; readonly message: string }
  readonly headers: Readonly<Record<string, string>>
}

/** Counts the requests of one token, on the clock of the stand-in. */
export class LimitCounter {
  readonly #clock: Clock
  readonly #limits: Limits
  #uses: Use[] = []
  #windowStart = 0
  #usedInWindow = 0

  constructor(clock: Clock, limits: Limits) {
    this.#clock = clock
    this.#limits = limits
  }

  count(method: string): Verdict {
    const now = this.#clock.now().getTime()
    const isWrite = method !== 'GET'
    if (now >= this.#windowStart + HOUR) {
      this.#windowStart = now
      this.#usedInWindow = 0
    }
    this.#uses = this.#uses.filter(({ at }) => at > now - HOUR)
    if (this.#usedInWindow >= this.#limits.perHour) {
      return {
        refusal: {
          status: this.#limits.primaryStatus ?? 403,
          message: 'API rate limit exceeded for user ID 1.',
        },
        headers: this.#headers(),
      }
    }
    this.#usedInWindow += 1
    const pauseUntil = isWrite ? this.#pauseUntil() : 0
    this.#uses.push({ at: now, isWrite })

    const retryAt = Math.max(
      pauseUntil,
      this.#freeAt(MINUTE, this.#limits.pointsPerMinute, points),
      this.#freeAt(MINUTE, this.#limits.writesPerMinute, writes),
      this.#freeAt(HOUR, this.#limits.writesPerHour, writes),
    )
    if (retryAt <= now) return { headers: this.#headers() }
    this.#uses.pop()
    return {
      refusal: {
        status: 403,
        message:
          'You have exceeded a secondary rate limit. Please wait a few minutes before you try again. For more on scraping GitHub and how it may affect your rights, please review our Terms of Service (https://docs.github.com/en/site-policy/github-terms/github-terms-of-service)',
      },
      headers: {
        ...this.#headers(),
        ...(!this.#limits.hasNoRetryAfter && {
          'retry-after': String(Math.ceil((retryAt - now) / 1000)),
        }),
      },
    }
  }

  /** When the next write may come; 0: at any time. */
  #pauseUntil(): number {
    const { after, milliseconds } = this.#limits.pauseBetweenWrites ?? {
      after: Infinity,
      milliseconds: 0,
    }
    const now = this.#clock.now().getTime()
    const recent = this.#uses.filter(
      ({ at, isWrite }) => isWrite && at > now - MINUTE,
    )
    return recent.length > after ? (recent.at(-1)?.at ?? 0) + milliseconds : 0
  }

  /** When the window has room again for what was just counted; 0: it has now. */
  #freeAt(window: number, most: number, weight: (use: Use) => number): number {
    const now = this.#clock.now().getTime()
    const within = this.#uses.filter(({ at }) => at > now - window)
    let excess = within.reduce((sum, use) => sum + weight(use), 0) - most
    for (const use of within) {
      if (excess <= 0) break
      excess -= weight(use)
      if (excess <= 0) return use.at + window
    }
    return 0
  }

  #headers(): Record<string, string> {
    const { perHour } = this.#limits
    return {
      'x-ratelimit-limit': String(perHour),
      'x-ratelimit-remaining': String(perHour - this.#usedInWindow),
      'x-ratelimit-used': String(this.#usedInWindow),
      'x-ratelimit-reset': String(
        Math.floor((this.#windowStart + HOUR) / 1000),
      ),
      'x-ratelimit-resource': 'core',
    }
  }
}

function points({ isWrite }: Use): number {
  return isWrite ? 5 : 1
}

function writes({ isWrite }: Use): number {
  return isWrite ? 1 : 0
}
