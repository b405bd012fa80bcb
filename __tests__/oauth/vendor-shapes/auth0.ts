import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://github.com/auth0/docs-v2/blob/092b879e3/main/docs/api/authentication/refresh-token/refresh-token.mdx
 * - https://github.com/auth0/docs-v2/blob/092b879e3/main/docs/secure/tokens/refresh-tokens/configure-refresh-token-rotation.mdx
 * - https://github.com/auth0/docs-v2/blob/092b879e3/main/docs/secure/tokens/refresh-tokens/refresh-token-rotation.mdx
 * - https://github.com/auth0/docs-v2/blob/092b879e3/main/docs/secure/tokens/refresh-tokens/configure-refresh-token-expiration.mdx
 * - https://github.com/auth0/docs-v2/blob/092b879e3/main/docs/api/authentication/refresh-token/revoke-refresh-token.mdx
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'as configured',
    old: 'as configured',
    endsUnused: '30 days',
    ends: '30 days',
  },
  exchanges: [
    {
      fill: { domain: 'acme.auth0.com' },
      demands: {
        url: 'https://acme.auth0.com/oauth/token',
        credentials: [
          'in the body',
          'HTTP Basic',
          'an assertion, signed with a key',
          'client_id in the body',
        ],
        format: 'form',
      },
      good: newPair(86_400),
      // 403 for an invalid or expired refresh token.
      bad: invalidGrant('Unknown or invalid refresh token.', {}, 403),
    },
  ],
}
