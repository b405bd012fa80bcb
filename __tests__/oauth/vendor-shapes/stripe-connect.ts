import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://docs.stripe.com/connect/oauth-reference
 */
export const shape: VendorShape = {
  refreshTokens: {},
  exchanges: [
    {
      demands: {
        url: 'https://connect.stripe.com/oauth/token',
        credentials: ['in the body'],
        format: 'form',
      },
      good: newPair(undefined, { token_type: 'bearer', livemode: false }),
      bad: invalidGrant('Refresh token does not exist'),
    },
  ],
}
