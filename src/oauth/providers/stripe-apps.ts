import { DAY_SECONDS, type Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://nango.dev/blog/stripe-oauth-refresh-token-invalid-grant
 * - public files quoting https://docs.stripe.com/stripe-apps/api-authentication/oauth, found by the string "rolled on every exchange"
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/shared/lib/clients/provider.client.ts
 */
export const provider: Provider = {
  name: 'Stripe Apps',
  documentation: 'https://docs.stripe.com/stripe-apps/api-authentication/oauth',
  tokenEndpoint: 'https://api.stripe.com/v1/oauth/token',
  clientAuthMethods: ['client_secret_basic'],
  request: { isSecretBasicUser: true },
  rotationClass: 'strict',
  refreshTokenIdleSeconds: 365 * DAY_SECONDS,
  whoAmI: 'https://api.stripe.com/v1/account',
}
