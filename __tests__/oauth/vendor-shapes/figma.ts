import { accessOnly, invalidGrant, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://github.com/figma/rest-api-spec/blob/HEAD/openapi/openapi.yaml (refreshUrl)
 * - https://arcticjs.dev/providers/figma
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/shared/lib/clients/provider.client.ts
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'never',
    old: 'lives on',
  },
  exchanges: [
    {
      demands: {
        url: 'https://api.figma.com/v1/oauth/refresh',
        credentials: ['HTTP Basic'],
        format: 'form',
      },
      good: accessOnly(7_776_000),
      bad: invalidGrant(),
    },
  ],
}
