import { DAY_SECONDS, type Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://community.xero.com/developer/discussion/105714701/
 * - https://developer.xero.com/faq/oauth2/oauth-refresh-fail
 * - https://developer.xero.com/faq/oauth2
 */
export const provider: Provider = {
  name: 'Xero',
  documentation: 'https://developer.xero.com/faq/oauth2',
  tokenEndpoint: 'https://identity.xero.com/connect/token',
  clientAuthMethods: ['client_secret_basic'],
  rotationClass: 'grace',
  graceSeconds: 1620,
  refreshTokenIdleSeconds: 60 * DAY_SECONDS,
  whoAmI: 'https://api.xero.com/connections',
}
