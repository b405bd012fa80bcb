import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://www.nango.dev/blog/airtable-oauth-refresh-token-invalid-grant
 * - nine independent client files found by the string "Airtable rotates refresh tokens"
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'always',
    old: 'dies',
    endsUnused: '60 days',
  },
  exchanges: [
    {
      demands: {
        url: 'https://airtable.com/oauth2/v1/token',
        credentials: ['HTTP Basic'],
        format: 'form',
      },
      good: {
        ...newPair(3600, { refresh_expires_in: 5_184_000 }),
        refreshTokenLives: 5_184_000,
      },
      bad: invalidGrant('Token is invalid.'),
    },
  ],
}
