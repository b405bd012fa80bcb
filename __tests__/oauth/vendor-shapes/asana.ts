import { accessOnly, invalidGrant, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://github.com/Asana/developer-docs/blob/3920826/source/includes/markdown/_auth.html.md
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'never',
    old: 'lives on',
  },
  exchanges: [
    {
      demands: {
        url: 'https://app.asana.com/-/oauth_token',
        credentials: ['in the body'],
        format: 'form',
      },
      good: accessOnly(3600, {
        token_type: 'bearer',
        data: { id: 1, name: 'Me' },
      }),
      bad: invalidGrant('The refresh token provided is invalid.'),
    },
  ],
}
