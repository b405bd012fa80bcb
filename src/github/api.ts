import { Octokit } from '@octokit/rest'
import type { Dispatcher } from 'undici'

import { toRotationError } from '../rotation/outcome/errors.ts'
import {
  MACHINE_TRUST_REMEDY,
  explainConnection,
  isUntrusted,
  type Quote,
} from '../rotation/outcome/foreign-text.ts'
import type { System } from '../rotation/ports.ts'
import type { SecretValue } from '../rotation/tokens/secret-value.ts'
import { readTime } from '../rotation/outcome/time.ts'
import { describeAnswer, isDone, methodOf, type Answer } from './answer.ts'
import type { Credential } from './credential.ts'
import { createFetch } from './fetch.ts'
import {
  isRateLimit,
  pauseBeforeRepeating,
  type RequestResult,
} from './retry.ts'
import type { Route } from './routes.ts'
import { RequestScheduler } from './request-scheduler.ts'

/** `2022-11-28` is supported everywhere, GHES 3.17 and later included. */
const API_VERSION = '2022-11-28'

/** A longer budget marks requests that must not give up. */
const UNTRUSTED_BUDGET_MILLISECONDS = 2 * 60_000

export interface ApiOptions {
  readonly baseUrl: URL
  /** The web URL of the same GitHub. */
  readonly webUrl: URL
  readonly credential: Credential
  readonly userAgent: string
  readonly dispatcher: Dispatcher
  readonly system: System
  /** Told the server's time with every answer. */
  readonly learnTime: (date: Date) => void
  /** Told about every wait, so that a slow run explains itself. */
  readonly info: (line: string) => void
  readonly quote: Quote
  /** The limit of one attempt, including connecting and reading. */
  readonly attemptMilliseconds: number
}

/** All parameters of a request, by name: nothing else gets among Octokit's options. */
export interface RouteParameters {
  readonly owner?: string
  readonly repo?: string
  readonly org?: string
  readonly environment_name?: string
  readonly secret_name?: string
  readonly ref?: string
  readonly commit_sha?: string
  readonly run_id?: string
  readonly attempt_number?: string
  readonly installation_id?: number
  readonly per_page?: number
  readonly page?: number
}

export interface ApiRequest {
  readonly route: Route
  readonly parameters: RouteParameters
  /** Sent as JSON, unchanged. */
  readonly body?: Readonly<Record<string, unknown>>
  /** The limit of all attempts and the pauses between them; 0: one attempt. */
  readonly budgetMilliseconds: number
  /** Asked before each repetition: somebody else may have come first. */
  readonly mayRepeat?: () => Promise<boolean>
  /** One of many writes that can wait: see {@link RequestScheduler}. */
  readonly isPaced?: boolean
}

/** GitHub's API with one credential. Repeats requests: ours allow it. Never throws. */
export interface Api {
  readonly credential: Credential
  readonly webUrl: URL
  /** Makes text from GitHub, or from something in between, safe to show. */
  readonly quote: Quote
  send(request: ApiRequest): Promise<Answer>
}

/** One Octokit on the given connections, without retries of its own. */
export function createApi(options: ApiOptions): Api {
  const { dispatcher, system, credential, webUrl, quote } = options
  const octokit = new Octokit({
    // Octokit concatenates; GHES has a path here (/api/v3).
    baseUrl: options.baseUrl.href.replace(/\/+$/, ''),
    userAgent: options.userAgent,
    // Octokit would log requests and deprecations itself.
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  })
  const scheduler = new RequestScheduler(system)

  return {
    credential,
    webUrl,
    quote,
    async send(request) {
      const { budgetMilliseconds, mayRepeat } = request
      const start = system.mark()
      for (let count = 1; ; count++) {
        const turn = {
          isWrite: methodOf(request.route) !== 'GET',
          isPaced: request.isPaced === true,
          patienceMilliseconds:
            budgetMilliseconds - system.millisecondsSince(start),
        }
        const answer = await scheduler.run(turn, () => attempt(request))
        const pause = pauseBeforeRepeating(answer, count, system.random())
        if (
          pause === undefined ||
          system.millisecondsSince(start) + pause >= patience(request, answer)
        ) {
          return answer
        }
        options.info(
          `GitHub ${describeAnswer(answer)}; asking again in ${describePause(pause)}.`,
        )
        if (isRateLimit(answer)) scheduler.holdFor(pause)
        await system.sleep(pause)
        if (mayRepeat && !(await mayRepeat())) return answer
      }
    },
  }

  async function attempt({
    route,
    parameters,
    body,
  }: ApiRequest): Promise<Answer> {
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
    const fetch = createFetch(options.baseUrl, token, dispatcher)
    // Octokit's own types only parse routes that are known one by one.
    const template: string = route
    try {
      const response: OctokitResponse = await octokit.request(template, {
        owner: parameters.owner,
        repo: parameters.repo,
        org: parameters.org,
        environment_name: parameters.environment_name,
        secret_name: parameters.secret_name,
        ref: parameters.ref,
        commit_sha: parameters.commit_sha,
        run_id: parameters.run_id,
        attempt_number: parameters.attempt_number,
        installation_id: parameters.installation_id,
        per_page: parameters.per_page,
        page: parameters.page,
        data: body,
        headers: { 'x-github-api-version': API_VERSION },
        request: { fetch, signal },
      })
      return readAnswer(route, response)
    } catch (thrown) {
      const { response } = thrown as { response?: OctokitResponse }
      return response === undefined
        ? {
            kind: 'no-answer',
            reason: explainConnection(
              thrown,
              options.baseUrl.host,
              MACHINE_TRUST_REMEDY,
            ),
            ...(isUntrusted(thrown) && { isUntrusted: true }),
            data: undefined,
            date: system.serverNow(),
          }
        : readAnswer(route, response)
    }
  }

  function readAnswer(
    route: Route,
    { status, headers: given, data }: OctokitResponse,
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
      isSuccess: isDone(route, status, data),
      headers,
      data,
      date: date ?? system.serverNow(),
      // Most messages are never shown, and searching them for secrets takes time.
      ...(typeof message === 'string' && {
        message,
        quoteMessage: () => quote(message),
      }),
    }
  }
}

/** Only what must not be lost is worth waiting for a certificate to become trusted. */
function patience(
  { budgetMilliseconds }: ApiRequest,
  answer: RequestResult,
): number {
  const isHopeless =
    answer.kind === 'no-answer' &&
    answer.isUntrusted === true &&
    budgetMilliseconds <= UNTRUSTED_BUDGET_MILLISECONDS
  return isHopeless ? 0 : budgetMilliseconds
}

interface OctokitResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | number | undefined>>
  readonly data: unknown
}

function describePause(milliseconds: number): string {
  return milliseconds < 10_000
    ? `${(milliseconds / 1000).toFixed(1)} s`
    : `${Math.ceil(milliseconds / 1000)} s`
}

function ignore(): void {
  // Octokit must not log.
}
