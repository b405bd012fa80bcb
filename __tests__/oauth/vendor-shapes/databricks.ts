import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://github.com/databricks/databricks-sdk-go/blob/1ff3c785/service/oauth2/model.go (TokenAccessPolicy)
 * - https://github.com/databricks/databricks-sdk-go/blob/1ff3c785/credentials/u2m/persistent_auth.go
 * - https://docs.databricks.com/gcp/ja/integrations/single-use-tokens
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'as configured',
    old: 'as configured',
  },
  leavesCredentialsOpen: true,
  exchanges: [
    {
      fill: { workspace: 'acme.cloud.databricks.com' },
      demands: {
        url: 'https://acme.cloud.databricks.com/oidc/v1/token',
        credentials: ['client_id in the body'],
        format: 'form',
      },
      good: newPair(3600),
      bad: invalidGrant('Refresh token is invalid'),
    },
  ],
}
