import { DAY_SECONDS, type Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - ten independent public files found by the string "wbsapi.withings.net/v2/oauth2" (its own page not read)
 * - https://developer.withings.com/developer-guide/v3/integration-guide/public-health-data-api/get-access/access-and-refresh-tokens-no-recover
 * - https://developer.withings.com/oauth2/
 */
export const provider: Provider = {
  name: 'Withings',
  documentation:
    'https://developer.withings.com/developer-guide/v3/integration-guide/public-health-data-api/get-access/access-and-refresh-tokens-no-recover',
  tokenEndpoint: 'https://wbsapi.withings.net/v2/oauth2',
  clientAuthMethods: ['client_secret_post'],
  request: { parameters: { action: 'requesttoken' } },
  reply: {
    refreshToken: 'body.refresh_token',
    accessToken: 'body.access_token',
    errorNumber: 'status',
  },
  rotationClass: 'confirm-on-use',
  refreshTokenAbsoluteSeconds: 365 * DAY_SECONDS,
}
