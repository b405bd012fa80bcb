import type { VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://developer.withings.com/developer-guide/v3/integration-guide/public-health-data-api/get-access/access-and-refresh-tokens-no-recover
 * - ten independent public files found by the string "wbsapi.withings.net/v2/oauth2"
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'always',
    old: 'lives until something new is used',
    ends: '1 year',
  },
  exchanges: [
    {
      demands: {
        url: 'https://wbsapi.withings.net/v2/oauth2',
        credentials: ['in the body'],
        format: 'form',
        parameters: { action: 'requesttoken' },
      },
      good: {
        status: 200,
        body: {
          status: 0,
          body: {
            userid: '1',
            access_token: 'new-access-token',
            refresh_token: 'new-refresh-token',
            scope: 'user.info',
            expires_in: 10_800,
            token_type: 'Bearer',
          },
        },
        refreshToken: 'new-refresh-token',
        expiresIn: 10_800,
      },
      // The number says that parameters are invalid, but not which ones.
      bad: {
        kind: 'indeterminate',
        status: 200,
        body: { status: 503, body: {}, error: 'Invalid Params' },
      },
    },
  ],
}
