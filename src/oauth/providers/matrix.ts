import type { Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://docs.rs/ruma-client-api/latest/ruma_client_api/session/refresh_token/index.html (Matrix client-server API, /refresh)
 * - https://spec.matrix.org/latest/client-server-api/#post_matrixclientv3refresh
 */
export const provider: Provider = {
  name: 'Matrix',
  documentation:
    'https://spec.matrix.org/latest/client-server-api/#post_matrixclientv3refresh',
  tokenEndpoint: 'https://{homeserver}/_matrix/client/v3/refresh',
  placeholders: {
    homeserver: {
      description: 'host of the homeserver',
      example: 'matrix.example.org',
    },
  },
  clientAuthMethods: ['none'],
  request: {
    format: 'json',
    omittedParameters: ['grant_type', 'client_id'],
  },
  reply: {
    expiresInMilliseconds: 'expires_in_ms',
    hasNoTokenType: true,
    invalidGrantErrors: ['M_UNKNOWN_TOKEN'],
  },
  rotationClass: 'confirm-on-use',
  whoAmI: 'https://{homeserver}/_matrix/client/v3/account/whoami',
}
