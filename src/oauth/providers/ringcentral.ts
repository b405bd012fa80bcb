import { DAY_SECONDS, type Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - ten independent public files found by the string "platform.ringcentral.com/restapi/oauth/token" (its own page not read)
 * - https://developers.ringcentral.com/guide/authentication/refresh-tokens
 * - https://github.com/tylerlong/ringcentral-token-refresh-experiment
 */
export const provider: Provider = {
  name: 'RingCentral',
  documentation:
    'https://developers.ringcentral.com/guide/authentication/refresh-tokens',
  tokenEndpoint: 'https://platform.ringcentral.com/restapi/oauth/token',
  clientAuthMethods: ['client_secret_basic'],
  rotationClass: 'strict',
  refreshTokenIdleSeconds: 7 * DAY_SECONDS,
}
