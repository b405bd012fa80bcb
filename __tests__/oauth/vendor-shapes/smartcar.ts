import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://smartcar.com/docs/api-reference/authorization/token-refresh
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'always',
    old: '1 minute',
    ends: '60 days',
  },
  exchanges: [
    {
      demands: {
        url: 'https://auth.smartcar.com/oauth/token',
        credentials: ['HTTP Basic'],
        format: 'form',
      },
      good: newPair(7200),
      bad: invalidGrant('Invalid or expired refresh token'),
    },
  ],
}
