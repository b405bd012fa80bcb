import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://developers.hubspot.com/docs/api-reference/latest/authentication/manage-oauth-tokens.md
 * - https://github.com/HGData/mk-node-hubspot/pull/19 (the same refresh token)
 * - https://developers.hubspot.com/docs/api-reference/legacy/authentication/oauth-tokens/v1/refresh-oauth-token.md
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'never',
    old: 'lives on',
  },
  exchanges: [
    {
      demands: {
        url: 'https://api.hubapi.com/oauth/2026-03/token',
        credentials: ['in the body'],
        format: 'form',
      },
      good: {
        ...newPair(1800, {
          token_type: 'bearer',
          refresh_token: 'the-refresh-token',
        }),
        refreshToken: 'the-refresh-token',
      },
      bad: invalidGrant(),
    },
  ],
}
