import { DAY_SECONDS, type Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://developer.spotify.com/blog/2026-06-18-refresh-token-expiration
 * - https://developer.spotify.com/documentation/web-api/tutorials/refreshing-tokens
 */
export const provider: Provider = {
  name: 'Spotify',
  documentation:
    'https://developer.spotify.com/documentation/web-api/tutorials/refreshing-tokens',
  tokenEndpoint: 'https://accounts.spotify.com/api/token',
  clientAuthMethods: ['client_secret_basic', 'none'],
  rotationClass: 'strict',
  refreshTokenAbsoluteSeconds: 180 * DAY_SECONDS,
  whoAmI: 'https://api.spotify.com/v1/me',
}
