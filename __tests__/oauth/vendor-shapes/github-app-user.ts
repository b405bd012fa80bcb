import { newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://github.com/github/docs/blob/2e15944c/content/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens.md
 * - https://github.com/getsentry/junior/pull/620 (error on 200)
 * - https://github.com/ballerina-platform/module-ballerinax-github/pull/335
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'always',
    old: 'dies',
    ends: '15897600 seconds',
  },
  exchanges: [
    {
      demands: {
        url: 'https://github.com/login/oauth/access_token',
        credentials: ['in the body', 'client_id in the body'],
        format: 'form',
      },
      good: {
        ...newPair(28_800, {
          token_type: 'bearer',
          refresh_token_expires_in: 15_897_600,
          scope: '',
        }),
        refreshTokenLives: 15_897_600,
      },
      bad: {
        kind: 'invalid-grant',
        status: 200,
        body: {
          error: 'bad_refresh_token',
          error_description:
            'The refresh token passed is incorrect or expired.',
        },
      },
    },
  ],
}
