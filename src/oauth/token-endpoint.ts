import * as oauth from 'oauth4webapi'
import { DecoratorHandler, Response, request, type Dispatcher } from 'undici'

import { nameError } from '../rotation/foreign-text.ts'
import type { RefreshResult } from '../rotation/ports.ts'
import type { SecretValue } from '../rotation/secret-value.ts'
import { authenticate, type Client } from './client-authentication.ts'
import { readTokenReply, type RawReply } from './token-reply.ts'

export interface TokenRequestOptions {
  readonly client: Client
  readonly scope?: string
  /** What the request carries besides the grant and the client. */
  readonly tokenRequestParameters: [name: string, value: string][]
}

/**
 * Giving up early is what loses tokens: the server spends the refresh token all
 * the same, and nobody is there to take the new one.
 */
const DEADLINE_SECONDS = 120
const MAX_BODY_BYTES = 1024 * 1024

/**
 * Sends one refresh request and says what is known about its effect. Never
 * repeats it and never throws.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749.html#section-6
 */
export async function requestTokens(
  options: TokenRequestOptions,
  metadata: oauth.AuthorizationServer,
  refreshToken: SecretValue,
  dispatcher: Dispatcher,
): Promise<RefreshResult> {
  const exchange = await sendOnce(options, metadata, refreshToken, dispatcher)
  return judgeExchange(exchange, [
    refreshToken,
    ...(options.client.secret ? [options.client.secret] : []),
  ])
}

/** One request on the wire, and how far it came. */
interface Exchange {
  /** Whether a byte of the request may have been written. */
  isSent: boolean
  reply?: RawReply
  /** What ended it when there is no reply: an error code, nothing else. */
  failure?: string
}

async function sendOnce(
  { client, scope, tokenRequestParameters }: TokenRequestOptions,
  metadata: oauth.AuthorizationServer,
  refreshToken: SecretValue,
  dispatcher: Dispatcher,
): Promise<Exchange> {
  const exchange: Exchange = { isSent: false }
  const additionalParameters = new URLSearchParams(tokenRequestParameters)
  if (scope !== undefined) additionalParameters.set('scope', scope)
  try {
    await oauth.refreshTokenGrantRequest(
      metadata,
      { client_id: client.id },
      authenticate(client, metadata),
      refreshToken.reveal(),
      {
        additionalParameters,
        headers: { 'accept-encoding': 'identity' },
        signal: AbortSignal.timeout(DEADLINE_SECONDS * 1000),
        // Inputs and discovery have checked that only loopback goes without TLS.
        [oauth.allowInsecureRequests]: true,
        [oauth.customFetch]: async (url, { headers, body, signal }) => {
          const {
            statusCode,
            headers: replyHeaders,
            body: stream,
          } = await request(url, {
            method: 'POST',
            headers,
            body: String(body),
            ...(signal && { signal }),
            dispatcher: dispatcher.compose(noteSending(exchange)),
          })
          exchange.reply = await readReply(statusCode, replyHeaders, stream)
          // The library only passes this on; the bytes are judged here.
          const response: unknown = new Response(null)
          return response as globalThis.Response
        },
      },
    )
  } catch (thrown) {
    exchange.failure = nameError(thrown)
  }
  return exchange
}

/**
 * Notes the moment before the first byte of the request is written. An error
 * code does not tell: a connection that was reset before the request and one
 * that was reset after it look the same.
 */
function noteSending(
  exchange: Exchange,
): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => {
    const noting: Dispatcher.DispatchHandler = new DecoratorHandler(handler)
    noting.onRequestStart = (controller, context) => {
      exchange.isSent = true
      handler.onRequestStart?.(controller, context)
    }
    return dispatch(options, noting)
  }
}

/** Reads as much of the body as there is; a reset half-way loses nothing read. */
async function readReply(
  status: number,
  headers: Record<string, string | string[] | undefined>,
  stream: AsyncIterable<Uint8Array>,
): Promise<RawReply> {
  const chunks: Uint8Array[] = []
  let length = 0
  let isComplete = true
  try {
    for await (const chunk of stream) {
      chunks.push(chunk)
      length += chunk.byteLength
      if (length > MAX_BODY_BYTES) {
        isComplete = false
        break
      }
    }
  } catch {
    isComplete = false
  }
  const date = new Date(String(headers['date']))
  const retryAfter = headers['retry-after']
  return {
    status,
    body: Buffer.concat(chunks),
    isComplete,
    ...(!Number.isNaN(date.getTime()) && { date }),
    ...(typeof retryAfter === 'string' && { retryAfter }),
  }
}

function judgeExchange(
  { isSent, reply, failure }: Exchange,
  secrets: readonly SecretValue[],
): RefreshResult {
  if (reply !== undefined) return readTokenReply(reply, secrets)
  const answer =
    failure === 'TimeoutError'
      ? `no answer in ${DEADLINE_SECONDS} s`
      : (failure ?? 'no answer')
  return isSent ? { kind: 'in-doubt', answer } : { kind: 'not-sent', answer }
}
