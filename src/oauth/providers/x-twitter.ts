import { DAY_SECONDS, type Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/xdevplatform/docs/blob/28713281/fundamentals/authentication/oauth-2-0/user-access-token.mdx
 * - https://github.com/xdevplatform/docs/blob/28713281/fundamentals/authentication/oauth-2-0/authorization-code.mdx
 * - https://github.com/golang/oauth2/blob/89ff2e1/endpoints/endpoints.go
 * - https://github.com/trypostit/trypost/issues/126
 * - https://github.com/gptme/gptme-contrib/pull/285
 * - https://github.com/better-auth/better-auth/issues/2095
 */
export const provider: Provider = {
  name: 'X (Twitter)',
  documentation:
    'https://docs.x.com/fundamentals/authentication/oauth-2-0/user-access-token',
  tokenEndpoint: 'https://api.x.com/2/oauth2/token',
  clientAuthMethods: ['client_secret_basic', 'none'],
  // The code is `invalid_request`, which may be anything.
  reply: {
    invalidGrantDescriptions: ['Value passed for the token was invalid'],
  },
  rotationClass: 'strict',
  refreshTokenAbsoluteSeconds: 180 * DAY_SECONDS,
  whoAmI: 'https://api.x.com/2/users/me',
}
