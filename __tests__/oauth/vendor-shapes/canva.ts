import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://canva.dev/docs/connect/api-reference/authentication/generate-access-token
 * - ten independent client files found by the string "Canva refresh tokens are single" (three of them state that replay revokes the lineage)
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'always',
    old: 'dies',
  },
  exchanges: [
    {
      demands: {
        url: 'https://api.canva.com/rest/v1/oauth/token',
        credentials: ['HTTP Basic', 'in the body'],
        format: 'form',
      },
      // Access tokens are up to 4 KB long.
      good: newPair(14_400, { scope: 'asset:read', padding: 'x'.repeat(4096) }),
      bad: invalidGrant(),
    },
  ],
}
