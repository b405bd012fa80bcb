import { pathSegment, type Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/keycloak/keycloak/blob/1683a2e0/docs/guides/securing-apps/partials/oidc/available-endpoints.adoc
 * - https://github.com/keycloak/keycloak/blob/68a58dbf/docs/documentation/server_admin/topics/sessions/timeouts.adoc
 * - https://github.com/keycloak/keycloak/pull/4510
 * - https://github.com/keycloak/keycloak/blob/03f1a163/docs/documentation/server_admin/topics/clients/oidc/con-confidential-client-credentials.adoc
 * - https://github.com/keycloak/keycloak/pull/8130
 */
export const provider: Provider = {
  name: 'Keycloak',
  documentation: 'https://www.keycloak.org/docs/latest/server_admin/#_timeouts',
  tokenEndpoint: 'https://{host}/realms/{realm}/protocol/openid-connect/token',
  introspectionEndpoint:
    'https://{host}/realms/{realm}/protocol/openid-connect/token/introspect',
  userinfoEndpoint:
    'https://{host}/realms/{realm}/protocol/openid-connect/userinfo',
  placeholders: {
    host: {
      description: 'host of the server, with the path in front of /realms',
      example: 'sso.example.com',
      pattern: /[A-Za-z0-9][A-Za-z0-9.-]*(?::\d{1,5})?(?:\/[A-Za-z0-9_-]+)*/,
    },
    realm: pathSegment('realm', 'acme'),
  },
  clientAuthMethods: [
    'client_secret_basic',
    'client_secret_post',
    'private_key_jwt',
    'client_secret_jwt',
    'tls_client_auth',
    'github_oidc',
    'none',
  ],
  rotationClass: 'strict',
}
