import type { Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://www.zoho.com/pdfeditor/help/api/oauth-step4.html
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://www.zoho.com/contracts/api/getting-started/refreshing-access-tokens.html
 */
export const provider: Provider = {
  name: 'Zoho',
  documentation:
    'https://www.zoho.com/contracts/api/getting-started/refreshing-access-tokens.html',
  tokenEndpoint: 'https://accounts.zoho.{dc}/oauth/v2/token',
  placeholders: {
    dc: {
      description: 'end of the domain of the data centre of the user',
      example: 'eu',
      default: 'com',
      pattern: /[a-z]{2,6}(?:\.[a-z]{2,3})?/,
    },
  },
  clientAuthMethods: ['client_secret_post'],
  rotationClass: 'non-rotating',
  whoAmI: 'https://accounts.zoho.{dc}/oauth/user/info',
}
