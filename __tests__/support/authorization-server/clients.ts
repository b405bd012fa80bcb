import type { ClientMetadata } from 'oidc-provider'

import {
  subjectOf,
  toCertificateJwk,
  type Certificate,
} from '../certificates.ts'
import type { KeyPair } from '../key-pairs.ts'

/** A client as it sees itself; the server gets the public part of it. */
export interface Client {
  readonly id: string
  /** Empty where there is none. */
  readonly secret: string
  readonly authMethod:
    | 'client_secret_basic'
    | 'client_secret_post'
    | 'client_secret_jwt'
    | 'private_key_jwt'
    | 'tls_client_auth'
    | 'self_signed_tls_client_auth'
    /** The workflow's ID token, from an issuer that the server trusts. */
    | 'github_oidc'
    | 'none'
  /** For `private_key_jwt`. */
  readonly keyPair?: KeyPair
  /** For mutual TLS; it is registered by its subject, or itself. */
  readonly certificate?: Certificate
  /** For `github_oidc`. */
  readonly federation?: Federation
  /** Overrides of what is registered. */
  readonly metadata?: Partial<ClientMetadata> & {
    readonly tls_client_certificate_bound_access_tokens?: boolean
  }
}

/** Whose assertions are taken for the client's. */
export interface Federation {
  readonly issuer: string
  readonly subject: string
  readonly audience: string
}

export const clients = {
  basic: {
    id: 'rotator',
    // Characters that differ between form encoding and base64 of the raw text.
    secret: 'basic+secret:with/odd=chars%20and~more-0123456789',
    authMethod: 'client_secret_basic',
  },
  post: {
    id: 'rotator-post',
    secret: 'post-secret-0123456789-0123456789-0123456789',
    authMethod: 'client_secret_post',
  },
  public: { id: 'rotator-public', secret: '', authMethod: 'none' },
} as const satisfies Record<string, Client>

export const REDIRECT_URI = 'https://client.example/callback'
export const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code'

/** How oidc-provider knows a client. */
export function toMetadata(
  client: Client,
  { hasInteractions }: { hasInteractions: boolean },
): ClientMetadata {
  const { id, secret, authMethod } = client
  return {
    client_id: id,
    ...(secret !== '' && { client_secret: secret }),
    token_endpoint_auth_method:
      authMethod === 'github_oidc' ? 'private_key_jwt' : authMethod,
    grant_types: [
      'refresh_token',
      'authorization_code',
      ...(hasInteractions ? [DEVICE_CODE] : []),
    ],
    redirect_uris: [REDIRECT_URI],
    response_types: ['code'],
    id_token_signed_response_alg: 'ES256',
    ...credentials(client),
    ...client.metadata,
  }
}

function credentials(client: Client): Partial<ClientMetadata> {
  const { authMethod, keyPair, certificate, metadata = {} } = client
  switch (authMethod) {
    case 'client_secret_jwt':
      return { token_endpoint_auth_signing_alg: 'HS256' }
    case 'private_key_jwt':
    case 'github_oidc':
      return {
        ...(keyPair && {
          jwks: { keys: [keyPair.publicJwk] },
          token_endpoint_auth_signing_alg: keyPair.algorithm,
        }),
      }
    case 'tls_client_auth': {
      // A client is known by one name only.
      const isNamed = Object.keys(metadata).some((name) =>
        name.startsWith('tls_client_auth_'),
      )
      return {
        ...(certificate &&
          !isNamed && { tls_client_auth_subject_dn: subjectOf(certificate) }),
      }
    }
    case 'self_signed_tls_client_auth':
      return {
        ...(certificate && {
          jwks: { keys: [toCertificateJwk(certificate)] },
        }),
      }
    default:
      return {}
  }
}
