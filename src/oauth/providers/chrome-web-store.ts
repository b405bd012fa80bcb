import { DAY_SECONDS, type Provider } from '../provider.ts'

/**
 * Google's server, under the name of what people publish to.
 *
 * Read 2026-11:
 * - https://github.com/fregante/chrome-webstore-upload/blob/4ac5abd/source/index.ts
 * - https://github.com/GoogleChrome/developer.chrome.com/blob/HEAD/site/en/docs/webstore/using_webstore_api/index.md
 * - https://qiita.com/croquette0212/items/8da7ccaa09abf89d4f51 (quotes developers.google.com/identity/protocols/oauth2)
 * - https://github.com/googleapis/google-auth-library-nodejs/blob/HEAD/src/auth/oauth2client.ts
 * - https://docs.gitguardian.com/secrets-detection/secrets-detection-engine/detectors/specifics/google_oauth2_refresh_token
 */
export const provider: Provider = {
  name: 'Chrome Web Store',
  documentation: 'https://developer.chrome.com/docs/webstore/using-api',
  tokenEndpoint: 'https://www.googleapis.com/oauth2/v4/token',
  clientAuthMethods: ['client_secret_post', 'none'],
  rotationClass: 'non-rotating',
  refreshTokenIdleSeconds: 180 * DAY_SECONDS,
}
