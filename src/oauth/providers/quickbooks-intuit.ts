import { DAY_SECONDS, type Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://github.com/airbytehq/airbyte/issues/7296
 * - https://developer.intuit.com/app/developer/qbo/docs/develop/authentication-and-authorization/faq
 * - https://github.com/IntuitDeveloper/oauth2-nodejs/issues/2
 * - https://help.developer.intuit.com/s/article/Validity-of-Refresh-Token (as quoted in https://github.com/intuit/QuickBooks-V3-PHP-SDK/issues/324 and issues/454)
 * - https://github.com/intuit/oauth-pythonclient/blob/6cb7c29/intuitlib/client.py
 * - https://github.com/IntuitDeveloper/OAuth2-Dotnet_UsingSDK/blob/master/docs/help/Tokens.md
 * - https://github.com/intuit/QuickBooks-V3-DotNET-SDK/releases/tag/V14.7.1.4
 */
export const provider: Provider = {
  name: 'Intuit QuickBooks Online',
  documentation:
    'https://developer.intuit.com/app/developer/qbo/docs/develop/authentication-and-authorization/faq',
  tokenEndpoint: 'https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer',
  clientAuthMethods: ['client_secret_basic'],
  rotationClass: 'strict',
  refreshTokenIdleSeconds: 100 * DAY_SECONDS,
  refreshTokenAbsoluteSeconds: 1825 * DAY_SECONDS,
}
