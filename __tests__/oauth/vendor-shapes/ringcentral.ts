import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://developers.ringcentral.com/guide/authentication/refresh-tokens
 * - ten independent public files found by the string "platform.ringcentral.com/restapi/oauth/token"
 * - https://github.com/tylerlong/ringcentral-token-refresh-experiment
 */
export const shape: VendorShape = {
  refreshTokens: {
    // An experiment found the old one alive until the new one was used; the vendor
    // does not say so.
    renewal: 'always',
    endsUnused: '7 days',
  },
  exchanges: [
    {
      demands: {
        url: 'https://platform.ringcentral.com/restapi/oauth/token',
        credentials: ['HTTP Basic'],
        format: 'form',
      },
      good: {
        ...newPair(3600, {
          token_type: 'bearer',
          refresh_token_expires_in: 604_800,
        }),
        refreshTokenLives: 604_800,
      },
      bad: invalidGrant('Token not found'),
    },
  ],
}
