import type { Dispatcher } from 'undici'

import { exchange } from '../runtime/exchange.ts'

/** The remedy where the authorization server's certificate is not trusted. */
export const TRUST_REMEDY =
  "put the certificate of the CA that issued it into 'ca-certificates'"

/** What `oauth4webapi` passes for requests other than token requests. */
interface FetchInit {
  readonly method: Dispatcher.HttpMethod
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
}

/** Statuses with which a `Response` has no body. */
const withoutBody = new Set([204, 205, 304])

/**
 * As much of `fetch` as `oauth4webapi` needs. An incomplete body is an error.
 *
 * @param readsBody `false`: the body is not needed
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
