import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://github.com/AdobeDocs/adobe-dev-console/blob/ffd6f58f/src/pages/guides/authentication/UserAuthentication/ims.md
 * - https://github.com/AdobeDocs/adobe-dev-console/blob/ffd6f58f/src/pages/guides/authentication/UserAuthentication/index.md
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'always',
    endsUnused: '14 days',
  },
  exchanges: [
    {
      demands: {
        url: 'https://ims-na1.adobelogin.com/ims/token/v3',
        credentials: ['HTTP Basic', 'in the body'],
        format: 'form',
      },
      good: newPair(86_399),
      bad: invalidGrant(),
    },
    {
      // Public clients put the client identifier into the query, not into the body.
      demands: {
        url: 'https://ims-na1.adobelogin.com/ims/token/v3',
        credentials: ['client_id in the query'],
        format: 'form',
      },
      good: newPair(86_399),
      bad: invalidGrant(),
    },
  ],
}
