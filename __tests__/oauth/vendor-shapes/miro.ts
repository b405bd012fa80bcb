import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://developers.miro.com/reference/get-new-access-token-using-refresh-token
 * - https://developers.miro.com/reference/oauth-20-authorization-v2
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'always',
    old: 'dies',
    endsUnused: '60 days',
  },
  exchanges: [
    {
      demands: {
        url: 'https://api.miro.com/v1/oauth/token',
        credentials: ['in the body'],
        format: 'query and form',
      },
      good: newPair(3599, { token_type: 'bearer', user_id: '1', team_id: '2' }),
      bad: invalidGrant(),
    },
  ],
}
