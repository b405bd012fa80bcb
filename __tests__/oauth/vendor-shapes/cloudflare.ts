import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://github.com/cloudflare/workers-sdk/blob/f830836028/packages/workers-auth/src/token-exchange.ts
 * - https://github.com/cloudflare/workers-sdk/issues/15089
 * - https://github.com/cloudflare/workers-sdk/pull/13910
 * - https://github.com/cloudflare/mcp/pull/136
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'always',
    old: 'dies',
  },
  exchanges: [
    {
      demands: {
        url: 'https://dash.cloudflare.com/oauth2/token',
        credentials: ['client_id in the body'],
        format: 'form',
      },
      good: newPair(3600),
      bad: invalidGrant(),
    },
  ],
}
