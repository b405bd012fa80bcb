import { DAY_SECONDS, type Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://github.com/golang/oauth2/blob/89ff2e1/endpoints/endpoints.go
 * - https://github.com/googleapis/google-auth-library-nodejs/blob/HEAD/src/auth/oauth2client.ts
 * - https://qiita.com/croquette0212/items/8da7ccaa09abf89d4f51 (quotes developers.google.com/identity/protocols/oauth2)
 * - https://github.com/golang/oauth2/blob/89ff2e1/internal/token.go
 * - https://docs.gitguardian.com/secrets-detection/secrets-detection-engine/detectors/specifics/google_oauth2_refresh_token
 */
export const provider: Provider = {
  name: 'Google',
  documentation:
    'https://developers.google.com/identity/protocols/oauth2/web-server',
  tokenEndpoint: 'https://oauth2.googleapis.com/token',
  userinfoEndpoint: 'https://openidconnect.googleapis.com/v1/userinfo',
  clientAuthMethods: ['client_secret_post'],
  rotationClass: 'non-rotating',
  refreshTokenIdleSeconds: 180 * DAY_SECONDS,
}
