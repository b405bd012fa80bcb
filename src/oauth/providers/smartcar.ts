import { DAY_SECONDS, type Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - ten independent public files found by the string "auth.smartcar.com/oauth/token" (its own page not read)
 * - https://smartcar.com/docs/api-reference/authorization/token-refresh
 */
export const provider: Provider = {
  name: 'Smartcar',
  documentation:
    'https://smartcar.com/docs/api-reference/authorization/token-refresh',
  tokenEndpoint: 'https://auth.smartcar.com/oauth/token',
  clientAuthMethods: ['client_secret_basic'],
  rotationClass: 'grace',
  graceSeconds: 50,
  refreshTokenAbsoluteSeconds: 60 * DAY_SECONDS,
}
