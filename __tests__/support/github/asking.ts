import type { GitHubStandIn } from './stand-in.ts'

export interface Seen {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

export type Ask = (
  method: string,
  path: string,
  body?: object,
  headers?: Readonly<Record<string, string>>,
) => Promise<Seen>

/** Asks a stand-in as the action would, with the token `token`. */
export function askerOf(github: GitHubStandIn): Ask {
  return (...asked) => askerAt(github.url)(...asked)
}

/** The same at an address, such as that of something before the stand-in. */
export function askerAt(url: string): Ask {
  return async (method, path, body, headers = {}) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        accept: 'application/vnd.github+json',
        authorization: 'token token',
        'user-agent': 'test',
        'x-github-api-version': '2022-11-28',
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : (JSON.parse(text) as unknown),
    }
  }
}
