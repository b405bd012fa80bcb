import type { Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://developer.paypal.com/docs/integration/paypal-here/merchant-onboarding/obtaining-refresh-token-and-access-tokens/
 */
export const provider: Provider = {
  name: 'PayPal',
  documentation:
    'https://developer.paypal.com/docs/integration/paypal-here/merchant-onboarding/obtaining-refresh-token-and-access-tokens/',
  tokenEndpoint: 'https://api.paypal.com/v1/oauth2/token',
  userinfoEndpoint:
    'https://api-m.paypal.com/v1/identity/oauth2/userinfo?schema=paypalv1.1',
  clientAuthMethods: ['client_secret_basic'],
  rotationClass: 'strict',
}
