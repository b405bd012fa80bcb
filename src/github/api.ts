import { Octokit } from '@octokit/rest'
import { fetch, type Dispatcher } from 'undici'

import { explainConnection, quote } from '../rotation/foreign-text.ts'
import type { System } from '../rotation/ports.ts'
import type { SecretValue } from '../rotation/secret-value.ts'
import { pauseBeforeRepeating, type Attempt } from './retry.ts'

/** `2022-11-28` is supported everywhere, GHES 3.17 and later included. */
const API_VERSION = '2022-11-28'

export interface ApiOptions {
  readonly baseUrl: URL
  readonly token: SecretValue
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
}

/** The last answer to a request, whatever its status, or that there was none. */
export type Answer = Attempt & {
  readonly data: unknown
  /** The server's time of the answer, or the best guess at it. */
  readonly date: Date
}

/** GitHub's REST API. Repeats requests; all of ours may be repeated. */
export interface Api {
  send(request: ApiRequest): Promise<Answer>
}

/** One Octokit, without retries of its own, on the given connections. */
export function createApi(options: ApiOptions): Api {
  const { dispatcher, system, token } = options
  const octokit = new Octokit({
    auth: token.reveal(),
    // Octokit joins by concatenation; GHES has a path here (/api/v3).
    baseUrl: options.baseUrl.href.replace(/\/+$/, ''),
    userAgent: options.userAgent,
    // Octokit would print requests and deprecations by itself.
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    request: {
      fetch: (url: string, init: Parameters<typeof fetch>[1]) =>
        fetch(url, { ...init, dispatcher }),
    },
  })

  return {
    async send({ route, parameters, budgetMilliseconds, mayRepeat }) {
      const start = system.mark()
      for (let count = 1; ; count++) {
        const answer = await attempt(route, parameters)
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
        await system.sleep(pause)
        if (mayRepeat && !(await mayRepeat())) return answer
      }
    },
  }

  async function attempt(
    route: string,
    parameters: ApiRequest['parameters'],
  ): Promise<Answer> {
    const signal = AbortSignal.timeout(options.attemptMilliseconds)
    try {
      const response: OctokitResponse = await octokit.request(route, {
        ...parameters,
        headers: { 'x-github-api-version': API_VERSION },
        request: { signal },
      })
      return readAnswer(response)
    } catch (thrown) {
      const { response } = thrown as { response?: OctokitResponse }
      return response === undefined
        ? {
            kind: 'no-answer',
            reason: explainConnection(thrown, options.baseUrl.host),
            data: undefined,
            date: system.serverNow(),
          }
        : readAnswer(response)
    }
  }

  function readAnswer({ status, headers, data }: OctokitResponse): Answer {
    const date = new Date(String(headers['date']))
    const hasDate = !Number.isNaN(date.getTime())
    if (hasDate) options.learnTime(date)
    const { message } = (data ?? {}) as { message?: unknown }
    return {
      kind: 'answer',
      status,
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [
          name.toLowerCase(),
          value === undefined ? undefined : String(value),
        ]),
      ),
      data,
      date: hasDate ? date : system.serverNow(),
      ...(typeof message === 'string' && { message: quote(message, [token]) }),
    }
  }
}

interface OctokitResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | number | undefined>>
  readonly data: unknown
}

/** Continues a sentence that begins with "GitHub". */
export function describeAnswer(answer: Attempt): string {
  if (answer.kind === 'no-answer') {
    return answer.reason === 'TimeoutError'
      ? 'did not answer in time'
      : `could not be reached (${answer.reason})`
  }
  const message = answer.message ? ` "${answer.message}"` : ''
  return `answered ${answer.status}${message}`
}

function describePause(milliseconds: number): string {
  return milliseconds < 10_000
    ? `${(milliseconds / 1000).toFixed(1)} s`
    : `${Math.ceil(milliseconds / 1000)} s`
}

function ignore(): void {
  // Nothing: see where this is used.
}
