import type { Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://nango.dev/blog/stripe-oauth-refresh-token-invalid-grant
 * - https://github.com/golang/oauth2/blob/89ff2e1/internal/token.go
 * - https://docs.stripe.com/connect/oauth-reference
 */
export const provider: Provider = {
  name: 'Stripe Connect (classic)',
  documentation: 'https://docs.stripe.com/connect/oauth-reference',
  tokenEndpoint: 'https://connect.stripe.com/oauth/token',
  clientAuthMethods: ['client_secret_post'],
  rotationClass: 'strict',
  whoAmI: 'https://api.stripe.com/v1/account',
}
