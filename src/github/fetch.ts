import type { Dispatcher } from 'undici'

import type { SecretValue } from '../rotation/tokens/secret-value.ts'
import { exchange, type Reply } from '../runtime/exchange.ts'

/** What Octokit passes for a request. */
export interface FetchInit {
  readonly method: Dispatcher.HttpMethod
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal?: AbortSignal
}

/** What Octokit needs of a response. */
export interface FetchResponse {
  readonly url: string
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  text(): Promise<string>
  /** Called for what is neither JSON nor text; never used. */
  arrayBuffer(): Promise<ArrayBuffer>
}

const MAX_REDIRECTS = 5
/** Those that repeat the same request at the new address. */
const redirects: ReadonlySet<number> = new Set([301, 302, 307, 308])

/**
 * As much of `fetch` as Octokit needs, on the given connections. The token is added
 * here, after the address has been compared with GitHub's, however it was built.
 * Redirects are followed within GitHub only: that is how it answers for a renamed
 * repository.
 *
 * @param base of all addresses; GHES has a path here
 * @see https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects
 */
export function createFetch(
  base: URL,
  token: SecretValue,
  dispatcher: Dispatcher,
): (url: string, init: FetchInit) => Promise<FetchResponse> {
  async function send(url: URL, init: FetchInit): Promise<Reply> {
    const { method, headers, body, signal } = init
    return exchange(
      {
        url: url.href,
        method,
        headers: { ...headers, authorization: `Bearer ${token.reveal()}` },
        ...(body !== undefined && { body }),
        signal,
      },
      dispatcher,
    )
  }

  return async (text, init) => {
    let url = URL.parse(text)
    if (!isWithin(base, url) || url.href !== text) throw new NotGitHub(text)
    let reply = await send(url, init)
    for (let count = 0; count < MAX_REDIRECTS; count++) {
      const next: URL | null = redirects.has(reply.status)
        ? URL.parse(reply.headers['location'] ?? '', url.href)
        : null
      if (!isWithin(base, next)) break
      url = next
      reply = await send(url, init)
    }
    if (reply.extent === 'too long') throw new AnswerTooLong()
    // The request has taken effect or not, whatever is missing of the body.
    const isAnswered = init.method === 'PUT' || init.method === 'DELETE'
    if (reply.extent === 'cut' && !isAnswered) throw new AnswerCutShort()
    const body = reply.body.toString('utf8')
    return {
      url: url.href,
      status: reply.status,
      headers: new Map(Object.entries(reply.headers)),
      text: () => Promise.resolve(body),
      arrayBuffer: () => Promise.resolve(new ArrayBuffer(0)),
    }
  }
}

/** URL parsing has already resolved steps such as `..`. */
function isWithin(base: URL, url: URL | null): url is URL {
  const folder = base.pathname.replace(/\/*$/, '/')
  return url?.origin === base.origin && url.pathname.startsWith(folder)
}

class NotGitHub extends Error {
  override readonly name = 'NotGitHub'
}

class AnswerTooLong extends Error {
  override readonly name = 'AnswerTooLong'
}

class AnswerCutShort extends Error {
  override readonly name = 'AnswerCutShort'
}
