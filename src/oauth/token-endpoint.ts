import * as oauth from 'oauth4webapi'
import { DecoratorHandler, type Dispatcher } from 'undici'

import {
  explainConnection,
  type Quote,
} from '../rotation/outcome/foreign-text.ts'
import type { RefreshResult } from '../rotation/ports.ts'
import type { SecretValue } from '../rotation/tokens/secret-value.ts'
import { readTime } from '../rotation/outcome/time.ts'
import { exchange as send, type Reply } from '../runtime/exchange.ts'
import {
  authenticate,
  identify,
  type AuthenticationPorts,
  type Client,
} from './client-authentication.ts'
import { TRUST_REMEDY } from './fetch.ts'
import type { ReplyShape, RequestShape } from './provider.ts'
import { selfRotationRequest, shapeRequest } from './request-shape.ts'
import { readTokenReply, type RawReply } from './token-reply.ts'

export interface TokenRequestOptions {
  readonly client: Client
  readonly scope?: string
  /** Parameters besides the grant and the client. */
  readonly tokenRequestParameters: readonly [name: string, value: string][]
  /** How this provider differs from RFC 6749. */
  readonly request?: RequestShape
  readonly reply?: ReplyShape
}

export interface TokenRequestPorts extends AuthenticationPorts {
  readonly dispatcher: Dispatcher
  readonly quote: Quote
  readonly dpop?: oauth.DPoPHandle
}

/** Giving up early loses the new token, and the server has still spent the old one. */
const DEADLINE_SECONDS = 120

/**
 * Sends one refresh request. Never repeats it and never throws.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749.html#section-6
 */
export async function requestRefresh(
  options: TokenRequestOptions,
  metadata: oauth.AuthorizationServer,
  refreshToken: SecretValue,
  ports: TokenRequestPorts,
): Promise<RefreshResult> {
  const exchange = await sendOnce(metadata, ports, (send) =>
    options.request?.format === 'self-rotation'
      ? rotateSelf(options, metadata, refreshToken, send)
      : oauth.refreshTokenGrantRequest(
          metadata,
          identify(options.client, ports),
          authenticate(options.client, metadata, ports),
          refreshToken.reveal(),
          requestOptions(options, ports, send),
        ),
  )
  return judgeExchange(exchange, options, ports.quote, refreshToken)
}

/** Compiles what judges the real reply: nothing may stand between that and the disk. */
export function warmUp(options: TokenRequestOptions): void {
  const body = Buffer.from(
    '{"access_token":"a","token_type":"Bearer","expires_in":3600,"refresh_token":"r"}',
  )
  const reply = { status: 200, body, isComplete: true }
  judgeExchange({ isSent: true, reply }, options, (text) => text)
}

/**
 * Requests an access token for the client itself, without a grant. Spends nothing.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749.html#section-4.4
 */
export async function requestClientCredentials(
  options: TokenRequestOptions,
  metadata: oauth.AuthorizationServer,
  ports: TokenRequestPorts,
): Promise<RefreshResult> {
  const exchange = await sendOnce(metadata, ports, (send) =>
    oauth.clientCredentialsGrantRequest(
      metadata,
      identify(options.client, ports),
      authenticate(options.client, metadata, ports),
      parametersOf(options),
      requestOptions(options, ports, send),
    ),
  )
  return judgeExchange(exchange, options, ports.quote)
}

type Send = (request: {
  readonly url: string
  readonly headers: Headers
  readonly body: string
  readonly signal?: AbortSignal | undefined
}) => Promise<Response>

async function rotateSelf(
  { tokenRequestParameters }: TokenRequestOptions,
  { token_endpoint: url = '' }: oauth.AuthorizationServer,
  token: SecretValue,
  send: Send,
): Promise<unknown> {
  const signal = AbortSignal.timeout(DEADLINE_SECONDS * 1000)
  const parameters = new URLSearchParams([...tokenRequestParameters])
  return send({ ...selfRotationRequest(url, token, parameters), signal })
}

function parametersOf({
  scope,
  tokenRequestParameters,
}: TokenRequestOptions): URLSearchParams {
  const parameters = new URLSearchParams([...tokenRequestParameters])
  if (scope !== undefined) parameters.set('scope', scope)
  return parameters
}

function requestOptions(
  options: TokenRequestOptions,
  { dpop }: TokenRequestPorts,
  send: Send,
): oauth.TokenEndpointRequestOptions {
  return {
    additionalParameters: parametersOf(options),
    signal: AbortSignal.timeout(DEADLINE_SECONDS * 1000),
    ...(dpop && { DPoP: dpop }),
    // `exchange` checks the address.
    [oauth.allowInsecureRequests]: true,
    [oauth.customFetch]: async (url, { headers, body, signal }) =>
      send({
        ...shapeRequest(options.request, {
          url,
          headers: new Headers(headers),
          body: new URLSearchParams(String(body)),
        }),
        signal,
      }),
  }
}

/** One request on the wire, and how far it got. */
interface Exchange {
  /** Whether a byte of the request may have been written. */
  isSent: boolean
  reply?: RawReply
  /** Why there is no reply: an error code, nothing else. */
  failure?: string
}

async function sendOnce(
  { token_endpoint: endpoint = '' }: oauth.AuthorizationServer,
  { dispatcher }: TokenRequestPorts,
  make: (send: Send) => Promise<unknown>,
): Promise<Exchange> {
  const exchange: Exchange = { isSent: false }
  try {
    await make(async ({ url, headers, body, signal }) => {
      const reply = await send(
        {
          url,
          method: 'POST',
          headers: Object.fromEntries(headers),
          body,
          signal,
        },
        dispatcher.compose(noteSending(exchange)),
      )
      exchange.reply = toRawReply(reply)
      // The library only extracts the nonce; the bytes are judged here.
      const nonce = reply.headers['dpop-nonce']
      const response: unknown = {
        headers: new Headers(
          nonce === undefined ? {} : { 'dpop-nonce': nonce },
        ),
      }
      return response as Response
    })
  } catch (thrown) {
    exchange.failure = explainConnection(
      thrown,
      new URL(endpoint).host,
      TRUST_REMEDY,
    )
  }
  return exchange
}

/**
 * Notes the moment before the first byte is written. Error codes do not tell: a reset
 * before the request and one after it look the same.
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

function toRawReply({ status, headers, body, extent }: Reply): RawReply {
  const date = readTime(headers['date'])
  const retryAfter = headers['retry-after']
  return {
    status,
    body,
    isComplete: extent === 'whole',
    ...(date && { date }),
    ...(retryAfter !== undefined && { retryAfter }),
  }
}

function judgeExchange(
  { isSent, reply, failure }: Exchange,
  { reply: shape }: TokenRequestOptions,
  quote: Quote,
  presented?: SecretValue,
): RefreshResult {
  if (reply !== undefined) {
    const { status } = reply
    return { ...readTokenReply(reply, quote, shape, presented), status }
  }
  const answer =
    failure === 'TimeoutError'
      ? `no answer in ${DEADLINE_SECONDS} s`
      : (failure ?? 'no answer')
  return isSent
    ? { kind: 'indeterminate', answer }
    : { kind: 'not-sent', answer }
}
