import { accessOnly, invalidGrant, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://github.com/fregante/chrome-webstore-upload/blob/4ac5abd/source/index.ts
 * - https://github.com/GoogleChrome/developer.chrome.com/blob/HEAD/site/en/docs/webstore/using_webstore_api/index.md
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
        url: 'https://www.googleapis.com/oauth2/v4/token',
        credentials: ['in the body'],
        format: 'form',
      },
      good: accessOnly(3599),
      bad: invalidGrant('Bad Request'),
    },
    {
      // The secret is optional in the tool.
      demands: {
        url: 'https://www.googleapis.com/oauth2/v4/token',
        credentials: ['client_id in the body'],
        format: 'form',
      },
      good: accessOnly(3599),
      bad: invalidGrant('Bad Request'),
    },
  ],
}
