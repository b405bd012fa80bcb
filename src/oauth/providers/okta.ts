import { DAY_SECONDS, pathSegment, type Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/okta/okta-developer-docs/blob/468de9c511/packages/@okta/vuepress-site/docs/guides/refresh-tokens/main/index.md
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 */
export const provider: Provider = {
  name: 'Okta (custom authorization server)',
  documentation: 'https://developer.okta.com/docs/guides/refresh-tokens/main/',
  tokenEndpoint: 'https://{domain}/oauth2/{authServerId}/v1/token',
  introspectionEndpoint: 'https://{domain}/oauth2/{authServerId}/v1/introspect',
  userinfoEndpoint: 'https://{domain}/oauth2/{authServerId}/v1/userinfo',
  placeholders: {
    domain: {
      description: 'Okta domain',
      example: 'acme.okta.com',
    },
    authServerId: {
      ...pathSegment('id of the authorization server', 'aus9o8wzkhckw9TLa0h7'),
      default: 'default',
    },
  },
  clientAuthMethods: ['client_secret_basic', 'none'],
  rotationClass: 'strict',
  refreshTokenIdleSeconds: 7 * DAY_SECONDS,
}
