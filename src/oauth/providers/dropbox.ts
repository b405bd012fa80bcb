import type { Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://github.com/golang/oauth2/blob/89ff2e1/endpoints/endpoints.go
 * - https://github.com/dropbox/dropbox-sdk-js/blob/HEAD/src/auth.js
 * - https://dropbox.tech/developers/using-oauth-2-0-with-offline-access
 * - https://www.github.com/kunalvarma05/dropbox-php-sdk/issues/200
 * - https://github.com/golang/oauth2/blob/89ff2e1/internal/token.go
 */
export const provider: Provider = {
  name: 'Dropbox',
  documentation:
    'https://dropbox.tech/developers/using-oauth-2-0-with-offline-access',
  tokenEndpoint: 'https://api.dropboxapi.com/oauth2/token',
  clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
  rotationClass: 'non-rotating',
}
