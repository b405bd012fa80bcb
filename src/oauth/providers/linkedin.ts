import { DAY_SECONDS, type Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://github.com/golang/oauth2/blob/89ff2e1/endpoints/endpoints.go
 * - https://learn.microsoft.com/en-us/linkedin/shared/authentication/programmatic-refresh-tokens
 * - https://github.com/nextauthjs/next-auth/tree/a1a16a5a7/packages/core/src/providers
 * - https://learn.microsoft.com/en-us/linkedin/shared/authentication/token-introspection
 */
export const provider: Provider = {
  name: 'LinkedIn',
  documentation:
    'https://learn.microsoft.com/en-us/linkedin/shared/authentication/programmatic-refresh-tokens',
  tokenEndpoint: 'https://www.linkedin.com/oauth/v2/accessToken',
  clientAuthMethods: ['client_secret_post'],
  reply: { hasNoTokenType: true },
  rotationClass: 'non-rotating',
  refreshTokenAbsoluteSeconds: 365 * DAY_SECONDS,
}
