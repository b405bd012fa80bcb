import type { Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/jfrog/jfrog-client-go/blob/0f2168d0/access/services/accesstoken.go
 * - https://github.com/jfrog/jfrog-client-go/blob/0f2168d0/artifactory/services/security.go
 */
export const provider: Provider = {
  name: 'JFrog access tokens',
  documentation:
    'https://github.com/jfrog/jfrog-client-go/blob/master/access/services/accesstoken.go',
  tokenEndpoint: 'https://{host}/access/api/v1/tokens',
  placeholders: {
    host: { description: 'host of the platform', example: 'acme.jfrog.io' },
  },
  clientAuthMethods: ['none'],
  request: {
    format: 'json',
    // Without it there is no next refresh token.
    parameters: { refreshable: true },
    omittedParameters: ['client_id'],
  },
  rotationClass: 'strict',
  whoAmI: 'https://{host}/access/api/v1/tokens/me',
}
