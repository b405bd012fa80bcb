import type { Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://github.com/reddit-archive/reddit/blob/HEAD/r2/r2/controllers/oauth2.py
 * - https://github.com/golang/oauth2/blob/89ff2e1/internal/token.go
 */
export const provider: Provider = {
  name: 'Reddit',
  documentation: 'https://github.com/reddit-archive/reddit/wiki/OAuth2',
  tokenEndpoint: 'https://www.reddit.com/api/v1/access_token',
  clientAuthMethods: ['client_secret_basic'],
  // A refresh token that it does not know is `400 invalid_request`.
  reply: { invalidGrantErrors: ['invalid_request'] },
  rotationClass: 'non-rotating',
  whoAmI: 'https://oauth.reddit.com/api/v1/me',
}
