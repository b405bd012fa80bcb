import type { Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://devcenter.heroku.com/articles/oauth
 * - https://github.com/golang/oauth2/blob/89ff2e1/endpoints/endpoints.go
 * - https://app.unpkg.com/heroku-client@0.5.1/files/docs/oauthToken.md
 */
export const provider: Provider = {
  name: 'Heroku',
  documentation: 'https://devcenter.heroku.com/articles/oauth',
  tokenEndpoint: 'https://id.heroku.com/oauth/token',
  clientAuthMethods: ['client_secret_post'],
  rotationClass: 'strict',
}
