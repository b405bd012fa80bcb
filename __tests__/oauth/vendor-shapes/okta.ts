import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://github.com/okta/okta-developer-docs/blob/468de9c511/packages/@okta/vuepress-site/docs/guides/refresh-tokens/main/index.md
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'as configured',
    old: 'as configured',
    endsUnused: '7 days',
  },
  exchanges: [
    {
      fill: { domain: 'acme.okta.com', authServerId: 'default' },
      demands: {
        url: 'https://acme.okta.com/oauth2/default/v1/token',
        credentials: ['HTTP Basic', 'client_id in the body'],
        format: 'form',
      },
      good: newPair(3600),
      bad: invalidGrant('The refresh token is invalid or expired.'),
    },
  ],
}
