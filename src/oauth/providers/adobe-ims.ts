import { DAY_SECONDS, type Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/AdobeDocs/adobe-dev-console/blob/ffd6f58f/src/pages/guides/authentication/UserAuthentication/ims.md
 * - https://github.com/AdobeDocs/adobe-dev-console/blob/ffd6f58f/src/pages/guides/authentication/UserAuthentication/index.md
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 */
export const provider: Provider = {
  name: 'Adobe IMS',
  documentation:
    'https://developer.adobe.com/developer-console/docs/guides/authentication/UserAuthentication/ims',
  tokenEndpoint: 'https://ims-na1.adobelogin.com/ims/token/v3',
  userinfoEndpoint: 'https://ims-na1.adobelogin.com/ims/userinfo/v2',
  clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
  request: { hasPublicClientInQuery: true },
  rotationClass: 'strict',
  refreshTokenIdleSeconds: 14 * DAY_SECONDS,
}
