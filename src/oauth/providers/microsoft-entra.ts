import { DAY_SECONDS, pathSegment, type Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/MicrosoftDocs/entra-docs/blob/0c1ac842/docs/identity-platform/v2-oauth2-auth-code-flow.md
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://github.com/golang/oauth2/blob/89ff2e1/endpoints/endpoints.go
 * - https://github.com/MicrosoftDocs/entra-docs/blob/1c46dd74/docs/identity-platform/refresh-tokens.md
 */
export const provider: Provider = {
  name: 'Microsoft Entra ID',
  documentation:
    'https://learn.microsoft.com/en-us/entra/identity-platform/refresh-tokens',
  tokenEndpoint: 'https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token',
  placeholders: {
    tenant: pathSegment(
      'id or domain of the tenant, or common, organizations or consumers',
      'contoso.onmicrosoft.com',
    ),
  },
  clientAuthMethods: [
    'client_secret_post',
    'client_secret_basic',
    'private_key_jwt',
    'github_oidc',
    'none',
  ],
  rotationClass: 'non-rotating',
  refreshTokenIdleSeconds: 90 * DAY_SECONDS,
  whoAmI: 'https://graph.microsoft.com/v1.0/me',
}
