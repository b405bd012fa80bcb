import { DAY_SECONDS, type Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://help.salesforce.com/apex/HTViewHelpDoc?id=remoteaccess_oauth_refresh_token_flow.htm&language=en_US
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/shared/lib/clients/provider.client.ts
 * - https://help.salesforce.com/s/articleView?id=xcloud.connected_app_limit_idle_ttl.htm&language=en_US&type=5
 */
export const provider: Provider = {
  name: 'Salesforce',
  documentation:
    'https://help.salesforce.com/apex/HTViewHelpDoc?id=remoteaccess_oauth_refresh_token_flow.htm&language=en_US',
  tokenEndpoint: 'https://{host}/services/oauth2/token',
  placeholders: {
    host: {
      description: 'My Domain host',
      example: 'acme.my.salesforce.com',
      default: 'login.salesforce.com',
    },
  },
  clientAuthMethods: ['client_secret_post', 'none'],
  rotationClass: 'strict',
  refreshTokenIdleSeconds: 30 * DAY_SECONDS,
}
