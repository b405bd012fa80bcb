import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - ten independent public files found by the string "api.linear.app/oauth/token"
 * - https://linear.app/developers/oauth-2-0-authentication#migrate-to-using-refresh-tokens (as summarised in https://knowledge.brainforge.ai/knowledge/platform/LINEAR_OAUTH_IMPLEMENTATION_SUMMARY and chatwoot PR 13721)
 * - ten independent client files found by the string "Linear rotates refresh tokens"
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'always',
  },
  exchanges: [
    {
      demands: {
        url: 'https://api.linear.app/oauth/token',
        credentials: ['in the body'],
        format: 'form',
      },
      good: newPair(86_399),
      bad: invalidGrant(),
    },
  ],
}
