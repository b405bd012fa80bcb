import type { Provider } from '../provider.ts'
import { DAY_SECONDS } from './placeholders.ts'

const documentation =
  'https://developers.google.com/identity/protocols/oauth2/web-server'

/** One server under three names: people look for what they publish to. */
export const google: readonly Provider[] = [
  {
    id: 'chrome-web-store',
    name: 'Chrome Web Store',
    documentation: 'https://developer.chrome.com/docs/webstore/using-api',
    tokenEndpoint: 'https://www.googleapis.com/oauth2/v4/token',
    clientAuthMethods: ['client_secret_post', 'none'],
    rotationClass: 'non-rotating',
    refreshTokenIdleSeconds: 180 * DAY_SECONDS,
  },
  {
    id: 'google',
    name: 'Google',
    documentation,
    tokenEndpoint: 'https://oauth2.googleapis.com/token',
    userinfoEndpoint: 'https://openidconnect.googleapis.com/v1/userinfo',
    clientAuthMethods: ['client_secret_post'],
    rotationClass: 'non-rotating',
    refreshTokenIdleSeconds: 180 * DAY_SECONDS,
  },
  {
    id: 'google-play',
    name: 'Google Play',
    documentation,
    tokenEndpoint: 'https://oauth2.googleapis.com/token',
    clientAuthMethods: ['client_secret_post'],
    rotationClass: 'non-rotating',
    refreshTokenIdleSeconds: 180 * DAY_SECONDS,
  },
]
