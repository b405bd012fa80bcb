import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://github.com/box/developer.box.com/blob/eee1aa64/content/guides/authentication/tokens/refresh.md
 * - https://github.com/box/box-python-sdk/issues/71
 * - https://github.com/box/developer.box.com/blob/eee1aa64/content/guides/authentication/tokens/revoke.md
 * - https://github.com/box/developer.box.com/blob/eee1aa64/content/guides/api-calls/permissions-and-errors/expiration.md
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
        url: 'https://api.box.com/oauth2/token',
        credentials: ['in the body'],
        format: 'form',
      },
      good: newPair(4123, { token_type: 'bearer', restricted_to: [] }),
      bad: invalidGrant('Invalid refresh token'),
    },
  ],
}
