import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://github.com/keycloak/keycloak/blob/1683a2e0/docs/guides/securing-apps/partials/oidc/available-endpoints.adoc
 * - https://github.com/keycloak/keycloak/pull/8130
 * - https://github.com/openid/AppAuth-JS/pull/161 (refresh_expires_in)
 * - https://github.com/keycloak/keycloak/blob/68a58dbf/docs/documentation/server_admin/topics/sessions/timeouts.adoc
 * - https://github.com/keycloak/keycloak/pull/4510
 * - https://github.com/keycloak/keycloak/blob/03f1a163/docs/documentation/server_admin/topics/clients/oidc/con-confidential-client-credentials.adoc
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'always',
    old: 'as configured',
  },
  exchanges: [
    {
      fill: { host: 'sso.example.com', realm: 'acme' },
      demands: {
        url: 'https://sso.example.com/realms/acme/protocol/openid-connect/token',
        credentials: [
          'HTTP Basic',
          'in the body',
          'an assertion, signed with a key',
          'an assertion, signed with the secret',
          'a certificate',
          'an ID token',
          'client_id in the body',
        ],
        format: 'form',
      },
      good: {
        ...newPair(300, { refresh_expires_in: 1800, 'not-before-policy': 0 }),
        refreshTokenLives: 1800,
      },
      bad: invalidGrant('Maximum allowed refresh token reuse exceeded'),
    },
  ],
}
