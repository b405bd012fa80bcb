import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://docs.snowflake.com/user-guide/single-use-refresh-tokens
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'as configured',
    old: 'as configured',
    ends: '90 days',
  },
  exchanges: [
    {
      fill: { account: 'acme-prod.snowflakecomputing.com' },
      demands: {
        url: 'https://acme-prod.snowflakecomputing.com/oauth/token-request',
        credentials: ['HTTP Basic'],
        format: 'form',
      },
      good: newPair(600),
      bad: invalidGrant('This is an invalid refresh token.'),
    },
  ],
}
