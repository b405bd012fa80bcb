import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/shared/lib/clients/provider.client.ts
 * - public files quoting https://docs.stripe.com/stripe-apps/api-authentication/oauth, found by the string "rolled on every exchange"
 * - https://nango.dev/blog/stripe-oauth-refresh-token-invalid-grant
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'always',
    old: 'dies',
    endsUnused: '1 year',
  },
  exchanges: [
    {
      demands: {
        url: 'https://api.stripe.com/v1/oauth/token',
        credentials: ['HTTP Basic, the secret as user name'],
        format: 'form',
      },
      good: newPair(undefined, {
        token_type: 'bearer',
        livemode: false,
        stripe_user_id: 'acct_1',
        stripe_publishable_key: 'pk_test_1',
      }),
      bad: invalidGrant('Refresh token does not exist'),
    },
  ],
}
