import type { Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://github.com/databricks/databricks-sdk-go/blob/1ff3c785/service/oauth2/model.go (TokenAccessPolicy)
 * - https://github.com/databricks/databricks-sdk-go/blob/1ff3c785/credentials/u2m/persistent_auth.go
 * - https://docs.databricks.com/gcp/ja/integrations/single-use-tokens
 */
export const provider: Provider = {
  name: 'Databricks',
  documentation:
    'https://docs.databricks.com/gcp/en/integrations/single-use-tokens',
  tokenEndpoint: 'https://{workspace}/oidc/v1/token',
  placeholders: {
    workspace: {
      description: 'host of the workspace',
      example: 'acme.cloud.databricks.com',
    },
  },
  clientAuthMethods: [],
  rotationClass: 'strict',
  whoAmI: 'https://{workspace}/api/2.0/preview/scim/v2/Me',
}
