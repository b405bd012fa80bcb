import { newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://github.com/xdevplatform/docs/blob/28713281/fundamentals/authentication/oauth-2-0/user-access-token.mdx
 * - https://github.com/better-auth/better-auth/issues/2095
 * - https://github.com/trypostit/trypost/issues/126
 * - https://github.com/gptme/gptme-contrib/pull/285
 * - https://github.com/xdevplatform/docs/blob/28713281/fundamentals/authentication/oauth-2-0/authorization-code.mdx
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'always',
    old: 'dies',
    ends: '6 months',
  },
  exchanges: [
    {
      demands: {
        url: 'https://api.x.com/2/oauth2/token',
        credentials: ['HTTP Basic', 'client_id in the body'],
        format: 'form',
      },
      good: newPair(7200, { token_type: 'bearer', scope: 'offline.access' }),
      bad: {
        kind: 'invalid-grant',
        status: 400,
        body: {
          error: 'invalid_request',
          error_description: 'Value passed for the token was invalid.',
        },
      },
    },
  ],
}
