import { DAY_SECONDS, type Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/github/docs/blob/2e15944c/content/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens.md
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://github.com/golang/oauth2/blob/89ff2e1/endpoints/endpoints.go
 * - https://github.com/ballerina-platform/module-ballerinax-github/pull/335
 */
export const provider: Provider = {
  name: 'GitHub App user access tokens',
  documentation:
    'https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens',
  tokenEndpoint: 'https://github.com/login/oauth/access_token',
  clientAuthMethods: ['client_secret_post', 'none'],
  rotationClass: 'strict',
  refreshTokenAbsoluteSeconds: 184 * DAY_SECONDS,
  whoAmI: 'https://api.github.com/user',
}
