import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://developer.xero.com/faq/oauth2
 * - https://community.xero.com/developer/discussion/105714701/
 * - https://developer.xero.com/faq/oauth2/oauth-refresh-fail
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'always',
    old: '30 minutes',
    endsUnused: '60 days',
  },
  exchanges: [
    {
      demands: {
        url: 'https://identity.xero.com/connect/token',
        credentials: ['HTTP Basic'],
        format: 'form',
      },
      good: newPair(1800, { scope: 'offline_access' }),
      bad: invalidGrant(),
    },
  ],
}
