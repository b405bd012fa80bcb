import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://github.com/golang/oauth2/blob/89ff2e1/internal/token.go (expires_in as a string)
 */
export const shape: VendorShape = {
  refreshTokens: {},
  exchanges: [
    {
      demands: {
        url: 'https://api.paypal.com/v1/oauth2/token',
        credentials: ['HTTP Basic'],
        format: 'form',
      },
      good: {
        ...newPair(undefined, { expires_in: '28800' }),
        expiresIn: 28_800,
      },
      bad: invalidGrant(),
    },
  ],
}
