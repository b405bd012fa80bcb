import type { Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/Asana/developer-docs/blob/3920826/source/includes/markdown/_auth.html.md
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 */
export const provider: Provider = {
  name: 'Asana',
  documentation: 'https://developers.asana.com/docs/oauth',
  tokenEndpoint: 'https://app.asana.com/-/oauth_token',
  clientAuthMethods: ['client_secret_post'],
  rotationClass: 'non-rotating',
  whoAmI: 'https://app.asana.com/api/1.0/users/me',
}
