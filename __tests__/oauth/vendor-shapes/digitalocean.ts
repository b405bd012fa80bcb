import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://docs.digitalocean.com/reference/api/oauth
 */
export const shape: VendorShape = {
  refreshTokens: {},
  exchanges: [
    {
      demands: {
        url: 'https://cloud.digitalocean.com/v1/oauth/token',
        credentials: ['in the body', 'client_id in the body'],
        format: 'form',
      },
      good: newPair(2_592_000),
      bad: invalidGrant(),
    },
  ],
}
