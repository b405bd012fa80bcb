import { newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://developers.strava.com/docs/authentication (its refresh-token wording found by string search in ten independent client files)
 * - eight independent public files found by the string "resource":"RefreshToken"
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'sometimes',
    old: 'dies',
  },
  exchanges: [
    {
      demands: {
        url: 'https://www.strava.com/api/v3/oauth/token',
        credentials: ['in the body'],
        format: 'form',
      },
      good: newPair(21_600, { expires_at: 1_568_775_134 }),
      bad: {
        kind: 'invalid-grant',
        status: 400,
        body: {
          message: 'Bad Request',
          errors: [
            {
              resource: 'RefreshToken',
              field: 'refresh_token',
              code: 'invalid',
            },
          ],
        },
      },
    },
  ],
}
