import { accessOnly, invalidGrant, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://developer.ebay.com/api-docs/static/oauth-refresh-token-request.html
 * - https://github.com/requests/requests-oauthlib/blob/HEAD/requests_oauthlib/compliance_fixes/ebay.py (token_type)
 * - https://docs.rs/crate/ebay/latest/source/src/auth/refresh.rs
 * - https://gist.github.com/mudassaralichouhan/d952b464b2907c7f833c87c05152eb76
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'never',
    old: 'lives on',
    ends: '47304000 seconds',
  },
  otherAddresses: [
    {
      fill: { api: 'api.sandbox' },
      url: 'https://api.sandbox.ebay.com/identity/v1/oauth2/token',
    },
  ],
  exchanges: [
    {
      demands: {
        url: 'https://api.ebay.com/identity/v1/oauth2/token',
        credentials: ['HTTP Basic'],
        format: 'form',
      },
      good: accessOnly(7200, { token_type: 'User Access Token' }),
      bad: invalidGrant('the provided authorization refresh token is invalid'),
    },
  ],
}
