import { DAY_SECONDS, type Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/okta/okta-developer-docs/blob/468de9c511/packages/@okta/vuepress-site/docs/guides/refresh-tokens/main/index.md
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://support.okta.com/help/s/article/refresh-token-expiration-behavior?language=en_US
 */
export const provider: Provider = {
  name: 'Okta (org authorization server)',
  documentation: 'https://developer.okta.com/docs/guides/refresh-tokens/main/',
  tokenEndpoint: 'https://{domain}/oauth2/v1/token',
  introspectionEndpoint: 'https://{domain}/oauth2/v1/introspect',
  userinfoEndpoint: 'https://{domain}/oauth2/v1/userinfo',
  placeholders: {
    domain: {
      description: 'Okta domain',
      example: 'acme.okta.com',
    },
  },
  clientAuthMethods: ['client_secret_basic', 'none'],
  rotationClass: 'strict',
  refreshTokenAbsoluteSeconds: 90 * DAY_SECONDS,
}
