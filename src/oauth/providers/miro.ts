import { DAY_SECONDS, type Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://developers.miro.com/reference/oauth-20-authorization-v2
 * - https://developers.miro.com/reference/get-new-access-token-using-refresh-token
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 */
export const provider: Provider = {
  name: 'Miro',
  documentation:
    'https://developers.miro.com/reference/get-new-access-token-using-refresh-token',
  tokenEndpoint: 'https://api.miro.com/v1/oauth/token',
  clientAuthMethods: ['client_secret_post'],
  request: { format: 'query' },
  rotationClass: 'strict',
  refreshTokenIdleSeconds: 60 * DAY_SECONDS,
  whoAmI: 'https://api.miro.com/v1/oauth-token',
}
