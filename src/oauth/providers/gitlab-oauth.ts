import type { Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/gitlabhq/gitlabhq/blob/04b8ef13/doc/api/oauth2.md
 * - https://github.com/golang/oauth2/blob/89ff2e1/endpoints/endpoints.go
 * - https://github.com/doorkeeper-gem/doorkeeper/blob/d0cd44a7/lib/doorkeeper/oauth/refresh_token_request.rb
 * - https://github.com/doorkeeper-gem/doorkeeper/blob/d0cd44a7/lib/doorkeeper/models/access_token_mixin.rb
 * - https://github.com/doorkeeper-gem/doorkeeper/blob/d0cd44a7/lib/doorkeeper/oauth/token.rb
 * - https://github.com/doorkeeper-gem/doorkeeper/blob/d0cd44a7/lib/doorkeeper/orm/active_record/mixins/access_token.rb
 */
export const provider: Provider = {
  name: 'GitLab OAuth applications',
  documentation: 'https://docs.gitlab.com/api/oauth2/',
  tokenEndpoint: 'https://{host}/oauth/token',
  userinfoEndpoint: 'https://{host}/oauth/userinfo',
  placeholders: {
    host: {
      description: 'host of GitLab',
      example: 'gitlab.example.com',
      default: 'gitlab.com',
    },
  },
  clientAuthMethods: ['client_secret_post', 'client_secret_basic', 'none'],
  request: { requiredParameters: ['redirect_uri'] },
  rotationClass: 'strict',
  whoAmI: 'https://{host}/oauth/token/info',
}
