import { DAY_SECONDS, oneOf, type Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://developer.ebay.com/api-docs/static/oauth-refresh-token-request.html
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://docs.rs/crate/ebay/latest/source/src/auth/refresh.rs
 * - https://gist.github.com/mudassaralichouhan/d952b464b2907c7f833c87c05152eb76
 */
export const provider: Provider = {
  name: 'eBay',
  documentation:
    'https://developer.ebay.com/api-docs/static/oauth-refresh-token-request.html',
  tokenEndpoint: 'https://{api}.ebay.com/identity/v1/oauth2/token',
  placeholders: {
    api: oneOf('api, or api.sandbox', ['api', 'api.sandbox']),
  },
  clientAuthMethods: ['client_secret_basic'],
  rotationClass: 'non-rotating',
  refreshTokenAbsoluteSeconds: 547.5 * DAY_SECONDS,
}
