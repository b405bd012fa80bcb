import { DAY_SECONDS, type Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/auth0/docs-v2/blob/092b879e3/main/docs/api/authentication/refresh-token/refresh-token.mdx
 * - https://github.com/auth0/docs-v2/blob/092b879e3/main/docs/api/authentication/refresh-token/revoke-refresh-token.mdx
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://github.com/auth0/docs-v2/blob/092b879e3/main/docs/secure/tokens/refresh-tokens/configure-refresh-token-rotation.mdx
 * - https://github.com/auth0/docs-v2/blob/092b879e3/main/docs/secure/tokens/refresh-tokens/refresh-token-rotation.mdx
 * - https://github.com/auth0/docs-v2/blob/092b879e3/main/docs/secure/tokens/refresh-tokens/configure-refresh-token-expiration.mdx
 */
export const provider: Provider = {
  name: 'Auth0',
  documentation:
    'https://auth0.com/docs/secure/tokens/refresh-tokens/refresh-token-rotation',
  tokenEndpoint: 'https://{domain}/oauth/token',
  userinfoEndpoint: 'https://{domain}/userinfo',
  placeholders: {
    domain: {
      description: 'domain of the tenant, or its custom domain',
      example: 'acme.eu.auth0.com',
    },
  },
  clientAuthMethods: [
    'client_secret_post',
    'client_secret_basic',
    'private_key_jwt',
    'none',
  ],
  rotationClass: 'strict',
  refreshTokenIdleSeconds: 30 * DAY_SECONDS,
  refreshTokenAbsoluteSeconds: 30 * DAY_SECONDS,
}
