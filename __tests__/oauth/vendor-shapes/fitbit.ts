import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://dev.fitbit.com/build/reference/web-api/authorization/refresh-token
 * - https://github.com/requests/requests-oauthlib/blob/HEAD/requests_oauthlib/compliance_fixes/fitbit.py (errors)
 * - https://dev.fitbit.com/build/reference/web-api/developer-guide/best-practices
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'always',
    old: 'dies',
  },
  exchanges: [
    {
      demands: {
        url: 'https://api.fitbit.com/oauth2/token',
        credentials: ['HTTP Basic'],
        format: 'form',
      },
      good: newPair(28_800, { user_id: '26FWFL' }),
      bad: {
        kind: 'invalid-grant',
        status: 400,
        body: {
          errors: [
            { errorType: 'invalid_grant', message: 'Refresh token invalid' },
          ],
          success: false,
        },
      },
    },
    {
      // Client apps: no secret.
      demands: {
        url: 'https://api.fitbit.com/oauth2/token',
        credentials: ['client_id in the body'],
        format: 'form',
      },
      good: newPair(28_800),
      bad: invalidGrant(),
    },
  ],
}
