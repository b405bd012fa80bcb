import { accessOnly, invalidGrant, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-refresh-token.html
 * - https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_RefreshTokenRotationType.html
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'as configured',
    old: 'as configured',
    ends: '30 days',
  },
  leavesCredentialsOpen: true,
  exchanges: [
    {
      fill: { domain: 'acme.auth.eu-west-1.amazoncognito.com' },
      demands: {
        url: 'https://acme.auth.eu-west-1.amazoncognito.com/oauth2/token',
        credentials: ['HTTP Basic'],
        format: 'form',
      },
      // Rotation is off by default: no new refresh token then.
      good: accessOnly(3600, { id_token: 'eyJhbGciOiJub25lIn0.e30.' }),
      bad: invalidGrant(),
    },
  ],
}
