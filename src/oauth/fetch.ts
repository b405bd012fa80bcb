import type { Dispatcher } from 'undici'

import { exchange } from '../runtime/exchange.ts'

/** What helps where the certificate of the authorization server is not trusted. */
export const TRUST_REMEDY =
  "'ca-certificates' takes the certificate of the CA that issued it"

/** What `oauth4webapi` says of a request that is no token request. */
interface FetchInit {
  readonly method: Dispatcher.HttpMethod
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
}

/** With these statuses a `Response` has no body. */
const withoutBody = new Set([204, 205, 304])

/**
 * As much of `fetch` as `oauth4webapi` needs. A body that is not whole is an error.
 *
 * @param readsBody `false`: nobody wants to know the body
 */
export function createFetch(
  dispatcher: Dispatcher,
  readsBody = true,
): (url: string, init: FetchInit) => Promise<Response> {
  return async (url, { method, headers, body, signal }) => {
    const reply = await exchange(
      {
        url,
        method,
        headers,
        ...(body instanceof URLSearchParams && { body: body.toString() }),
        readsBody,
        signal,
      },
      dispatcher,
    )
    if (reply.extent !== 'whole') {
      throw Object.assign(new Error('incomplete'), {
        code: reply.extent === 'cut' ? 'ANSWER_CUT_SHORT' : 'ANSWER_TOO_LONG',
      })
    }
    const { status } = reply
    return new Response(withoutBody.has(status) ? null : reply.body, {
      status,
      headers: reply.headers,
    })
  }
}
