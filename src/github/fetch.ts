import { interceptors, request, type Dispatcher } from 'undici'

/** What Octokit says of a request. */
export interface FetchInit {
  readonly method: Dispatcher.HttpMethod
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal?: AbortSignal
}

/** What Octokit wants to know of a response. */
export interface FetchResponse {
  readonly url: string
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  text(): Promise<string>
}

/**
 * As much of `fetch` as Octokit needs, on the given connections. All of it would
 * take longer to load than a request takes.
 *
 * @see https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects
 */
export function createFetch(
  dispatcher: Dispatcher,
): (url: string, init: FetchInit) => Promise<FetchResponse> {
  // That is how GitHub answers for a repository that has been renamed.
  const following = dispatcher.compose(
    interceptors.redirect({ maxRedirections: 5 }),
  )
  return async (url, { method, headers, body, signal }) => {
    const response = await request(url, {
      method,
      headers,
      ...(body !== undefined && { body }),
      ...(signal && { signal }),
      dispatcher: following,
    })
    // Read in any case, so that the connection is free again.
    const text = await response.body.text().catch(() => '')
    return {
      url,
      status: response.statusCode,
      headers: new Map(
        Object.entries(response.headers).map(([name, value]) => [
          name,
          String(value),
        ]),
      ),
      text: () => Promise.resolve(text),
    }
  }
}
