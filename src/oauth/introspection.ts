import * as oauth from 'oauth4webapi'
import { fetch } from 'undici'

import type { Introspection } from '../rotation/decide.ts'
import type { SecretValue } from '../rotation/secret-value.ts'
import { authenticate, identify, type Client } from './client-authentication.ts'
import type { TokenRequestPorts } from './token-endpoint.ts'

const DEADLINE_MILLISECONDS = 20_000

/**
 * Asks whether a token would be accepted, without using it. Never throws;
 * whatever is not a plain answer is `unknown`.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7662.html#section-2
 */
export async function introspect(
  client: Client,
  metadata: oauth.AuthorizationServer,
  token: SecretValue,
  hint: 'access_token' | 'refresh_token',
  ports: TokenRequestPorts,
): Promise<Introspection> {
  if (metadata.introspection_endpoint === undefined) return 'unknown'
  const identity = identify(client, ports)
  try {
    const response = await oauth.introspectionRequest(
      metadata,
      identity,
      authenticate(client, metadata, ports),
      token.reveal(),
      {
        additionalParameters: { token_type_hint: hint },
        signal: AbortSignal.timeout(DEADLINE_MILLISECONDS),
        // Inputs and discovery have checked that only loopback goes without TLS.
        [oauth.allowInsecureRequests]: true,
        [oauth.customFetch]: async (url, { headers, body, signal }) => {
          const response: unknown = await fetch(url, {
            method: 'POST',
            headers,
            body: String(body),
            redirect: 'manual',
            ...(signal && { signal }),
            dispatcher: ports.dispatcher,
          })
          return response as Response
        },
      },
    )
    const { active } = await oauth.processIntrospectionResponse(
      metadata,
      identity,
      response,
    )
    return active ? 'alive' : 'dead'
  } catch {
    return 'unknown'
  }
}
