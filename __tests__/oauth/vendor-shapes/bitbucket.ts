import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://confluence.atlassian.com/bitbucket/oauth-endpoint-300220600.html
 * - https://github.com/terrakube-io/terrakube/issues/47 (reply)
 */
export const shape: VendorShape = {
  refreshTokens: {},
  exchanges: [
    {
      demands: {
        url: 'https://bitbucket.org/site/oauth2/access_token',
        credentials: ['HTTP Basic'],
        format: 'form',
      },
      good: newPair(7200, {
        token_type: 'bearer',
        scopes: 'account',
        state: 'refresh_token',
      }),
      bad: invalidGrant(),
    },
  ],
}
