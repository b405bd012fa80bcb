import * as oauth from 'oauth4webapi'

import type { SecretValue } from '../rotation/tokens/secret-value.ts'
import {
  signingAlgorithm,
  toCryptoKey,
  toKeyPair,
  type PrivateKey,
} from './private-key.ts'

export const clientAuthMethods = [
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
  'github_oidc',
  'none',
] as const

/**
 * How the client authenticates at the token endpoint, by the names of the IANA
 * registry, except for `github_oidc`: the workflow's own ID token as the client
 * assertion (RFC 7523).
 *
 * @see https://www.iana.org/assignments/oauth-parameters/oauth-parameters.xhtml#token-endpoint-auth-method
 */
export type ClientAuthMethod = (typeof clientAuthMethods)[number]

export interface Client {
  readonly id: string
  readonly secret?: SecretValue
  /** Unset: chosen by what the client has and what the server supports. */
  readonly authMethod?: ClientAuthMethod
  /** For `private_key_jwt`, and for the client certificate. */
  readonly privateKey?: PrivateKey
  /** PEM, with any intermediate certificates; for mutual TLS. */
  readonly certificate?: string
  /** The `kid` of the assertion. */
  readonly keyId?: string
  /** Unset: the issuer, or the token endpoint where no issuer is known. */
  readonly assertionAudience?: string
  /** Binds the tokens to a key (RFC 9449). */
  readonly dpopKey?: PrivateKey
}

export interface AuthenticationPorts {
  /** @throws when the job may not have an ID token */
  readonly requestIdToken: (audience: string) => Promise<SecretValue>
  /** The runner's clock may be wrong by hours, and assertions contain the time. */
  readonly clockSkewSeconds: () => number
}

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** Whether the client presents its certificate in the handshake. */
export function isMutualTls(method: ClientAuthMethod | undefined): boolean {
  return (
    method === 'tls_client_auth' || method === 'self_signed_tls_client_auth'
  )
}

export function identify(
  { id, authMethod }: Client,
  { clockSkewSeconds }: AuthenticationPorts,
): oauth.Client {
  return {
    client_id: id,
    [oauth.clockSkew]: clockSkewSeconds(),
    // RFC 8705 section 5.
    ...(isMutualTls(authMethod) && { use_mtls_endpoint_aliases: true }),
  }
}

/**
 * Signs token requests for one client. A method left open is chosen once, before
 * anything is sent: trying another would be a second request with the same refresh
 * token.
 */
export function authenticate(
  client: Client,
  metadata: oauth.AuthorizationServer,
  ports: AuthenticationPorts,
): oauth.ClientAuth {
  const { secret, privateKey } = client
  const audience = assertionAudience(client, metadata)
  const method = client.authMethod ?? chooseMethod(client, metadata)
  switch (method) {
    case 'client_secret_basic':
      return secret ? oauth.ClientSecretBasic(secret.reveal()) : oauth.None()
    case 'client_secret_post':
      return secret ? oauth.ClientSecretPost(secret.reveal()) : oauth.None()
    case 'client_secret_jwt':
      if (secret === undefined) throw new TypeError('no client secret')
      return oauth.ClientSecretJwt(secret.reveal(), modify({ audience }))
    case 'private_key_jwt': {
      if (privateKey === undefined) throw new TypeError('no private key')
      const algorithm = algorithmOf(privateKey, metadata)
      const keyId = client.keyId ?? privateKey.keyId
      return oauth.PrivateKeyJwt(
        {
          key: toCryptoKey(privateKey.key, algorithm),
          ...(keyId !== undefined && { kid: keyId }),
        },
        modify({ audience, algorithm }),
      )
    }
    case 'tls_client_auth':
    case 'self_signed_tls_client_auth':
      return oauth.TlsClientAuth()
    case 'github_oidc':
      return async (_server, { client_id }, body) => {
        const assertion = await ports.requestIdToken(audience)
        body.set('client_id', client_id)
        body.set('client_assertion_type', ASSERTION_TYPE)
        body.set('client_assertion', assertion.reveal())
      }
    case 'none':
      return oauth.None()
  }
}

/** The audience of an assertion: the issuer, as RFC 7523bis requires. */
export function assertionAudience(
  client: Client,
  metadata: oauth.AuthorizationServer,
): string {
  return client.assertionAudience ?? metadata.issuer
}

/** Proofs of possession, one per request (RFC 9449). */
export function createDpop(
  { dpopKey, ...client }: Client,
  ports: AuthenticationPorts,
): oauth.DPoPHandle | undefined {
  if (dpopKey === undefined) return undefined
  const algorithm = algorithmOf(dpopKey, undefined)
  return oauth.DPoP(
    identify(client, ports),
    toKeyPair(dpopKey, algorithm),
    modify({ algorithm }),
  )
}

function algorithmOf(
  key: PrivateKey,
  metadata: oauth.AuthorizationServer | undefined,
): string {
  const algorithm = signingAlgorithm(
    key,
    metadata?.token_endpoint_auth_signing_alg_values_supported,
  )
  if (algorithm === undefined) throw new TypeError('a key that cannot sign')
  return algorithm
}

function modify(wanted: {
  audience?: string
  algorithm?: string
}): oauth.ModifyAssertionOptions {
  return {
    [oauth.modifyAssertion](header, payload) {
      if (wanted.audience !== undefined) payload['aud'] = wanted.audience
      // The name that servers know; RFC 9864 has another.
      if (wanted.algorithm === 'EdDSA') header['alg'] = 'EdDSA'
    },
  }
}

function chooseMethod(
  client: Client,
  metadata: oauth.AuthorizationServer,
): ClientAuthMethod {
  if (client.secret === undefined) {
    return client.privateKey === undefined ? 'none' : 'private_key_jwt'
  }
  // RFC 8414 section 2: omitted means client_secret_basic.
  const supported = metadata.token_endpoint_auth_methods_supported ?? []
  return supported.includes('client_secret_post') &&
    !supported.includes('client_secret_basic')
    ? 'client_secret_post'
    : 'client_secret_basic'
}
