import type { Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - ten independent public files found by the string "/as/token.oauth2" (its own page not read)
 * - https://github.com/pingidentity/terraform-provider-pingfederate/blob/59f3c410/docs/resources/oauth_server_settings.md
 * - https://github.com/pingidentity/terraform-provider-pingfederate/blob/59f3c410/docs/resources/oauth_client.md
 */
export const provider: Provider = {
  name: 'PingFederate',
  documentation:
    'https://registry.terraform.io/providers/pingidentity/pingfederate/latest/docs/resources/oauth_server_settings',
  tokenEndpoint: 'https://{host}/as/token.oauth2',
  placeholders: {
    host: { description: 'host of the server', example: 'login.example.com' },
  },
  clientAuthMethods: [],
  rotationClass: 'strict',
}
