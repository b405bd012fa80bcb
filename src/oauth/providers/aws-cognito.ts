import { DAY_SECONDS, type Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/golang/oauth2/blob/89ff2e1/endpoints/endpoints.go
 * - https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-refresh-token.html
 * - https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_RefreshTokenRotationType.html
 */
export const provider: Provider = {
  name: 'Amazon Cognito user pools',
  documentation:
    'https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-refresh-token.html',
  tokenEndpoint: 'https://{domain}/oauth2/token',
  userinfoEndpoint: 'https://{domain}/oauth2/userInfo',
  placeholders: {
    domain: {
      description: 'domain of the user pool',
      example: 'acme.auth.eu-west-1.amazoncognito.com',
    },
  },
  clientAuthMethods: [],
  rotationClass: 'strict',
  refreshTokenAbsoluteSeconds: 30 * DAY_SECONDS,
}
