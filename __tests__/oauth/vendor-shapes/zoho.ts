import { accessOnly, invalidGrant, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://www.zoho.com/pdfeditor/help/api/oauth-step4.html
 * - https://www.zoho.com/contracts/api/getting-started/refreshing-access-tokens.html
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'never',
    old: 'lives on',
  },
  exchanges: [
    {
      fill: { dc: 'com.au' },
      demands: {
        url: 'https://accounts.zoho.com.au/oauth/v2/token',
        credentials: ['in the body'],
        format: 'form',
      },
      good: accessOnly(3600, { api_domain: 'https://www.zohoapis.com.au' }),
      bad: invalidGrant(),
    },
  ],
}
