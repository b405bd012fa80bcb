import type { VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://github.com/gitlabhq/gitlabhq/blob/0286e4c6/doc/api/personal_access_tokens.md
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'always',
    old: 'dies',
  },
  exchanges: [
    {
      add: [['expires_at', '2099-12-31']],
      demands: {
        url: 'https://gitlab.com/api/v4/personal_access_tokens/self/rotate',
        credentials: ['PRIVATE-TOKEN'],
        format: 'form',
        parameters: { expires_at: '2099-12-31' },
      },
      good: {
        status: 200,
        body: {
          id: 42,
          name: 'rotated',
          revoked: false,
          scopes: ['api', 'self_rotate'],
          active: true,
          expires_at: '2099-12-31',
          token: 'new-access-token',
        },
        refreshToken: 'new-access-token',
      },
      bad: {
        kind: 'invalid-grant',
        status: 401,
        body: { message: '401 Unauthorized' },
      },
    },
  ],
}
