import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://learn.microsoft.com/en-us/linkedin/shared/authentication/programmatic-refresh-tokens
 * - https://github.com/panva/openid-client/issues/826 (no token_type)
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'never',
    old: 'lives on',
    ends: '365 days',
  },
  exchanges: [
    {
      demands: {
        url: 'https://www.linkedin.com/oauth/v2/accessToken',
        credentials: ['in the body'],
        format: 'form',
      },
      good: {
        ...newPair(5_183_999, {
          token_type: undefined,
          refresh_token: 'the-refresh-token',
          refresh_token_expires_in: 31_535_999,
        }),
        refreshToken: 'the-refresh-token',
        refreshTokenLives: 31_535_999,
      },
      bad: invalidGrant('The provided authorization grant is invalid'),
    },
  ],
}
