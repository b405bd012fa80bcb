import type { Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://developer.atlassian.com/cloud/bitbucket/oauth-2
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://github.com/golang/oauth2/blob/89ff2e1/endpoints/endpoints.go
 * - https://confluence.atlassian.com/bitbucket/oauth-endpoint-300220600.html
 */
export const provider: Provider = {
  name: 'Bitbucket Cloud',
  documentation: 'https://developer.atlassian.com/cloud/bitbucket/oauth-2',
  tokenEndpoint: 'https://bitbucket.org/site/oauth2/access_token',
  clientAuthMethods: ['client_secret_basic'],
  rotationClass: 'strict',
  keepsOldAccessToken: true,
  whoAmI: 'https://api.bitbucket.org/2.0/user',
}
