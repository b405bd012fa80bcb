import * as oauth from 'oauth4webapi'

import type { Introspection } from '../rotation/ports.ts'
import type { SecretValue } from '../rotation/tokens/secret-value.ts'
import { authenticate, identify, type Client } from './client-authentication.ts'
import { createFetch } from './fetch.ts'
import type { TokenRequestPorts } from './token-endpoint.ts'

const DEADLINE_MILLISECONDS = 20_000

/**
 * Never throws; anything but a plain answer is `unknown`.
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
        // `exchange` checks the address.
        [oauth.allowInsecureRequests]: true,
        [oauth.customFetch]: createFetch(ports.dispatcher),
      },
    )
    const { active } = await oauth.processIntrospectionResponse(
      metadata,
      identity,
      response,
    )
    return active ? 'active' : 'inactive'
  } catch {
    return 'unknown'
  }
}
