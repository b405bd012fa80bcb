import { accessOnly, invalidGrant, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://github.com/googleapis/google-auth-library-nodejs/blob/HEAD/src/auth/oauth2client.ts
 * - https://qiita.com/croquette0212/items/8da7ccaa09abf89d4f51 (quotes developers.google.com/identity/protocols/oauth2)
 * - https://docs.gitguardian.com/secrets-detection/secrets-detection-engine/detectors/specifics/google_oauth2_refresh_token
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'never',
    old: 'lives on',
    endsUnused: '6 months',
  },
  exchanges: [
    {
      demands: {
        url: 'https://oauth2.googleapis.com/token',
        credentials: ['in the body'],
        format: 'form',
      },
      good: accessOnly(3599),
      bad: invalidGrant('Token has been expired or revoked.'),
    },
  ],
}
