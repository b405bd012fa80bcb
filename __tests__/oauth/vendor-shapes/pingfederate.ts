import { accessOnly, invalidGrant, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - ten independent public files found by the string "/as/token.oauth2"
 * - https://github.com/pingidentity/terraform-provider-pingfederate/blob/59f3c410/docs/resources/oauth_server_settings.md
 * - https://github.com/pingidentity/terraform-provider-pingfederate/blob/59f3c410/docs/resources/oauth_client.md
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'as configured',
    old: 'as configured',
  },
  leavesCredentialsOpen: true,
  exchanges: [
    {
      fill: { host: 'login.example.com' },
      demands: {
        url: 'https://login.example.com/as/token.oauth2',
        credentials: ['HTTP Basic'],
        format: 'form',
      },
      // Rolling is off by default.
      good: accessOnly(7199),
      bad: invalidGrant('unknown, invalid, or expired refresh token'),
    },
  ],
}
