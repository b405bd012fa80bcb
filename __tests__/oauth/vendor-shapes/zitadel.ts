import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://github.com/zitadel/zitadel/blob/0a6e7abc/apps/docs/content/apis/openidoauth/endpoints.mdx
 * - ten independent public files found by the string "zitadel.cloud/oauth/v2/token"
 * - https://help.zitadel.com/how-to-enable-and-receive-refresh-tokens
 * - https://github.com/zitadel/zitadel/blob/00d1a408/internal/command/oidc_session.go
 * - https://github.com/zitadel/zitadel/blob/00565944/internal/command/oidc_session_model.go
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'always',
    old: 'dies',
  },
  exchanges: [
    {
      fill: { domain: 'acme-1a2b3c.zitadel.cloud' },
      demands: {
        url: 'https://acme-1a2b3c.zitadel.cloud/oauth/v2/token',
        credentials: [
          'HTTP Basic',
          'in the body',
          'client_id in the body',
          'an assertion, signed with a key',
        ],
        format: 'form',
      },
      good: newPair(43_199),
      bad: invalidGrant(),
    },
  ],
}
