import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

const uuid = '0a1b2c3d-0000-4000-8000-0123456789ab'

/**
 * Read 2026-11:
 * - https://devcenter.heroku.com/articles/oauth
 */
export const shape: VendorShape = {
  refreshTokens: {},
  exchanges: [
    {
      demands: {
        url: 'https://id.heroku.com/oauth/token',
        credentials: ['in the body'],
        format: 'form',
      },
      good: newPair(28_799, { session_nonce: 'abc', user_id: uuid }),
      bad: invalidGrant(),
    },
  ],
}
