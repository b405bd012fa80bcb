import { Octokit } from '@octokit/rest'
import type { Dispatcher } from 'undici'

import { toRotationError } from '../rotation/errors.ts'
import { explainConnection, quote } from '../rotation/foreign-text.ts'
import type { System } from '../rotation/ports.ts'
import type { SecretValue } from '../rotation/secret-value.ts'
import { readTime } from '../rotation/time.ts'
import type { Credential } from './credential.ts'
import { createFetch } from './fetch.ts'
import { isRateLimit, pauseBeforeRepeating, type Attempt } from './retry.ts'
import { Turns } from './turns.ts'

/** `2022-11-28` is supported everywhere, GHES 3.17 and later included. */
const API_VERSION = '2022-11-28'

export interface ApiOptions {
  readonly baseUrl: URL
  /** What people see of the same GitHub. */
  readonly webUrl: URL
  readonly credential: Credential
  readonly userAgent: string
  readonly dispatcher: Dispatcher
  readonly system: System
  /** Told the server's time with every answer. */
  readonly learnTime: (date: Date) => void
  /** Told about every wait, so that a slow run explains itself. */
  readonly info: (line: string) => void
  /** How long one attempt may take, connecting and reading included. */
  readonly attemptMilliseconds: number
}

export interface ApiRequest {
  /** Method and route template, as GitHub's documentation writes them. */
  readonly route: string
  readonly parameters: Readonly<Record<string, unknown>>
  /** How long all attempts and the pauses between them may take; 0: one attempt. */
  readonly budgetMilliseconds: number
  /** Asked before each repetition, where somebody else may have come first. */
  readonly mayRepeat?: () => Promise<boolean>
  /** One of many writes that nobody waits for: see {@link Turns}. */
  readonly isPaced?: boolean
}

/** The last answer to a request, whatever its status, or that there was none. */
export type Answer = Attempt & {
  readonly data: unknown
  /** The server's time of the answer, or the best guess at it. */
  readonly date: Date
}

/**
 * GitHub's REST API, as one credential sees it. Repeats requests; all of ours may
 * be repeated. Never throws.
 */
export interface Api {
  readonly credential: Credential
  readonly webUrl: URL
  send(request: ApiRequest): Promise<Answer>
}

/** One Octokit, without retries of its own, on the given connections. */
export function createApi(options: ApiOptions): Api {
  const { dispatcher, system, credential, webUrl } = options
  const octokit = new Octokit({
    // Octokit joins by concatenation; GHES has a path here (/api/v3).
    baseUrl: options.baseUrl.href.replace(/\/+$/, ''),
    userAgent: options.userAgent,
    // Octokit would print requests and deprecations by itself.
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    request: { fetch: createFetch(dispatcher) },
  })
  const turns = new Turns(system)

  return {
    credential,
    webUrl,
    async send(request) {
      const { route, parameters, budgetMilliseconds, mayRepeat } = request
      const start = system.mark()
      for (let count = 1; ; count++) {
        const turn = {
          isWrite: !route.startsWith('GET '),
          isPaced: request.isPaced === true,
          patienceMilliseconds:
            budgetMilliseconds - system.millisecondsSince(start),
        }
        const answer = await turns.take(turn, () => attempt(route, parameters))
        const pause = pauseBeforeRepeating(answer, count, system.random())
        if (
          pause === undefined ||
          system.millisecondsSince(start) + pause >= budgetMilliseconds
        ) {
          return answer
        }
        options.info(
          `GitHub ${describeAnswer(answer)}; asking again in ${describePause(pause)}.`,
        )
        if (isRateLimit(answer)) turns.holdFor(pause)
        await system.sleep(pause)
        if (mayRepeat && !(await mayRepeat())) return answer
      }
    },
  }

  async function attempt(
    route: string,
    parameters: ApiRequest['parameters'],
  ): Promise<Answer> {
    let token: SecretValue
    try {
      token = await credential.token()
    } catch (thrown) {
      return {
        kind: 'no-credential',
        failure: toRotationError(thrown, 'unchanged'),
        data: undefined,
        date: system.serverNow(),
      }
    }
    const signal = AbortSignal.timeout(options.attemptMilliseconds)
    try {
      const response: OctokitResponse = await octokit.request(route, {
        ...parameters,
        headers: {
          authorization: `Bearer ${token.reveal()}`,
          'x-github-api-version': API_VERSION,
        },
        request: { signal },
      })
      return readAnswer(response, token)
    } catch (thrown) {
      const { response } = thrown as { response?: OctokitResponse }
      return response === undefined
        ? {
            kind: 'no-answer',
            reason: explainConnection(thrown, options.baseUrl.host),
            data: undefined,
            date: system.serverNow(),
          }
        : readAnswer(response, token)
    }
  }

  function readAnswer(
    { status, headers: given, data }: OctokitResponse,
    token: SecretValue,
  ): Answer {
    const date = readTime(given['date'])
    if (date) options.learnTime(date)
    const headers = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [
        name.toLowerCase(),
        value === undefined ? undefined : String(value),
      ]),
    )
    credential.learn(headers, system.serverNow())
    const { message } = (data ?? {}) as { message?: unknown }
    return {
      kind: 'answer',
      status,
      headers,
      data,
      date: date ?? system.serverNow(),
      ...(typeof message === 'string' && { message: quote(message, [token]) }),
    }
  }
}

interface OctokitResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | number | undefined>>
  readonly data: unknown
}

export function isSuccess(answer: Answer): boolean {
  return answer.kind === 'answer' && answer.status >= 200 && answer.status < 300
}

/** Continues a sentence that begins with "GitHub". */
export function describeAnswer(answer: Attempt): string {
  switch (answer.kind) {
    case 'no-credential':
      return 'was not asked'
    case 'no-answer':
      return answer.reason === 'TimeoutError'
        ? 'did not answer in time'
        : `could not be reached (${answer.reason})`
    case 'answer': {
      const message = answer.message ? ` "${answer.message}"` : ''
      return `answered ${answer.status}${message}`
    }
  }
}

function describePause(milliseconds: number): string {
  return milliseconds < 10_000
    ? `${(milliseconds / 1000).toFixed(1)} s`
    : `${Math.ceil(milliseconds / 1000)} s`
}

function ignore(): void {
  // Nothing: see where this is used.
}
