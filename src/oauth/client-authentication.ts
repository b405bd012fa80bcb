import * as oauth from 'oauth4webapi'

import type { SecretValue } from '../rotation/secret-value.ts'

export const clientAuthMethods = [
  'client_secret_basic',
  'client_secret_post',
  'none',
] as const

/**
 * How the client authenticates at the token endpoint, in the words of the IANA
 * registry.
 *
 * @see https://www.iana.org/assignments/oauth-parameters/oauth-parameters.xhtml#token-endpoint-auth-method
 */
export type ClientAuthMethod = (typeof clientAuthMethods)[number]

export interface Client {
  readonly id: string
  readonly secret?: SecretValue
  /** Unset: chosen from what the client has and what the server supports. */
  readonly authMethod?: ClientAuthMethod
}

/**
 * Signs token requests for one client. Where the method is left open it is
 * chosen once, before anything is sent: trying a second one would be a second
 * request with the same refresh token.
 */
export function authenticate(
  client: Client,
  metadata: oauth.AuthorizationServer,
): oauth.ClientAuth {
  const { secret } = client
  const method = client.authMethod ?? chooseMethod(client, metadata)
  if (method === 'none' || secret === undefined) return oauth.None()
  return method === 'client_secret_post'
    ? oauth.ClientSecretPost(secret.reveal())
    : oauth.ClientSecretBasic(secret.reveal())
}

function chooseMethod(
  client: Client,
  metadata: oauth.AuthorizationServer,
): ClientAuthMethod {
  if (client.secret === undefined) return 'none'
  // RFC 8414 section 2: left out means client_secret_basic.
  const supported = metadata.token_endpoint_auth_methods_supported ?? []
  return supported.includes('client_secret_post') &&
    !supported.includes('client_secret_basic')
    ? 'client_secret_post'
    : 'client_secret_basic'
}
