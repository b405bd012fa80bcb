import type { Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://docs.digitalocean.com/reference/api/oauth
 */
export const provider: Provider = {
  name: 'DigitalOcean',
  documentation: 'https://docs.digitalocean.com/reference/api/oauth',
  tokenEndpoint: 'https://cloud.digitalocean.com/v1/oauth/token',
  clientAuthMethods: ['client_secret_post', 'none'],
  rotationClass: 'strict',
  whoAmI: 'https://api.digitalocean.com/v2/account',
}
