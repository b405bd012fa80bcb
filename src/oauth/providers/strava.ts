import type { Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://github.com/nextauthjs/next-auth/tree/a1a16a5a7/packages/core/src/providers
 * - https://developers.strava.com/docs/authentication (its refresh-token wording found by string search in ten independent client files)
 */
export const provider: Provider = {
  name: 'Strava',
  documentation: 'https://developers.strava.com/docs/authentication',
  tokenEndpoint: 'https://www.strava.com/api/v3/oauth/token',
  clientAuthMethods: ['client_secret_post'],
  reply: {
    invalidGrantErrors: ['RefreshToken invalid'],
    clientErrors: ['Application invalid'],
  },
  rotationClass: 'strict',
  whoAmI: 'https://www.strava.com/api/v3/athlete',
}
