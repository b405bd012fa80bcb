import {
  accessOnly,
  invalidGrant,
  newPair,
  type VendorShape,
} from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://developer.spotify.com/documentation/web-api/tutorials/refreshing-tokens
 * - https://developer.spotify.com/blog/2026-06-18-refresh-token-expiration
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'sometimes',
    ends: '6 months',
  },
  exchanges: [
    {
      demands: {
        url: 'https://accounts.spotify.com/api/token',
        credentials: ['HTTP Basic'],
        format: 'form',
      },
      good: accessOnly(3600, { scope: 'user-read-email' }),
      bad: invalidGrant('Refresh token revoked'),
    },
    {
      demands: {
        url: 'https://accounts.spotify.com/api/token',
        credentials: ['client_id in the body'],
        format: 'form',
      },
      good: newPair(3600),
      bad: invalidGrant('Refresh token revoked'),
    },
  ],
}
