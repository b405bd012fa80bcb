import { DAY_SECONDS, type Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://github.com/nextauthjs/next-auth/tree/a1a16a5a7/packages/core/src/providers
 * - https://github.com/box/developer.box.com/blob/eee1aa64/content/guides/authentication/tokens/refresh.md
 * - https://github.com/box/developer.box.com/blob/eee1aa64/content/guides/authentication/tokens/revoke.md
 * - https://github.com/box/developer.box.com/blob/eee1aa64/content/guides/api-calls/permissions-and-errors/expiration.md
 * - https://developer.box.com/guides/authentication/tokens/refresh/
 */
export const provider: Provider = {
  name: 'Box',
  documentation:
    'https://developer.box.com/guides/authentication/tokens/refresh/',
  tokenEndpoint: 'https://api.box.com/oauth2/token',
  clientAuthMethods: ['client_secret_post'],
  rotationClass: 'strict',
  refreshTokenIdleSeconds: 60 * DAY_SECONDS,
  whoAmI: 'https://api.box.com/2.0/users/me',
}
