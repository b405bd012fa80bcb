import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://developer.atlassian.com/cloud/oauth/getting-started/refresh-tokens
 * - https://nango.dev/blog/jira-oauth-refresh-token-invalid-grant (403)
 * - https://community.developer.atlassian.com/t/updated-31-january-2022-action-required-deprecating-persistent-refresh-tokens/54172
 * - https://community.developer.atlassian.com/t/refresh-token-expire-after-36000-seconds/60806/2
 * - https://community.developer.atlassian.com/t/the-old-access-token-will-be-revoked-during-the-refresh-token-exchange/83103
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'always',
    old: '10 minutes',
    endsUnused: '90 days',
    ends: '365 days',
  },
  exchanges: [
    {
      demands: {
        url: 'https://auth.atlassian.com/oauth/token',
        credentials: ['in the body'],
        format: 'form',
      },
      good: newPair(3600, { scope: 'read:jira-work offline_access' }),
      bad: invalidGrant('Unknown or invalid refresh token.', {}, 403),
    },
  ],
}
