import { accessOnly, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://github.com/reddit-archive/reddit/blob/HEAD/r2/r2/controllers/oauth2.py
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'never',
    old: 'lives on',
  },
  exchanges: [
    {
      demands: {
        url: 'https://www.reddit.com/api/v1/access_token',
        credentials: ['HTTP Basic'],
        format: 'form',
      },
      good: accessOnly(3600, { token_type: 'bearer', scope: 'identity' }),
      bad: {
        kind: 'invalid-grant',
        status: 400,
        body: { error: 'invalid_request' },
      },
    },
  ],
}
