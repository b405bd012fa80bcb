import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://github.com/okta/okta-developer-docs/blob/468de9c511/packages/@okta/vuepress-site/docs/concepts/auth-servers/index.md
 * - https://github.com/okta/okta-developer-docs/blob/468de9c511/packages/@okta/vuepress-site/docs/guides/refresh-tokens/main/index.md
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://support.okta.com/help/s/article/refresh-token-expiration-behavior?language=en_US
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'as configured',
    old: 'as configured',
    ends: '90 days',
  },
  exchanges: [
    {
      fill: { domain: 'acme.okta.com' },
      demands: {
        url: 'https://acme.okta.com/oauth2/v1/token',
        credentials: ['HTTP Basic', 'client_id in the body'],
        format: 'form',
      },
      good: newPair(3600),
      bad: invalidGrant('The refresh token is invalid or expired.'),
    },
  ],
}
