import type { Provider } from '../provider.ts'
import { DAY_SECONDS } from './placeholders.ts'

/** What people listen to, wear, drive and read. */
export const consumer: readonly Provider[] = [
  {
    id: 'fitbit',
    name: 'Fitbit',
    documentation:
      'https://dev.fitbit.com/build/reference/web-api/authorization/refresh-token',
    tokenEndpoint: 'https://api.fitbit.com/oauth2/token',
    clientAuthMethods: ['client_secret_basic', 'none'],
    rotationClass: 'strict',
    whoAmI: 'https://api.fitbit.com/1/user/-/profile.json',
  },
  {
    id: 'reddit',
    name: 'Reddit',
    documentation: 'https://github.com/reddit-archive/reddit/wiki/OAuth2',
    tokenEndpoint: 'https://www.reddit.com/api/v1/access_token',
    clientAuthMethods: ['client_secret_basic'],
    // A refresh token that it does not know is `400 invalid_request`.
    reply: { deadErrors: ['invalid_request'] },
    rotationClass: 'non-rotating',
    whoAmI: 'https://oauth.reddit.com/api/v1/me',
  },
  {
    id: 'smartcar',
    name: 'Smartcar',
    documentation:
      'https://smartcar.com/docs/api-reference/authorization/token-refresh',
    tokenEndpoint: 'https://auth.smartcar.com/oauth/token',
    clientAuthMethods: ['client_secret_basic'],
    rotationClass: 'grace',
    graceSeconds: 50,
    refreshTokenAbsoluteSeconds: 60 * DAY_SECONDS,
  },
  {
    id: 'spotify',
    name: 'Spotify',
    documentation:
      'https://developer.spotify.com/documentation/web-api/tutorials/refreshing-tokens',
    tokenEndpoint: 'https://accounts.spotify.com/api/token',
    clientAuthMethods: ['client_secret_basic', 'none'],
    rotationClass: 'strict',
    refreshTokenAbsoluteSeconds: 180 * DAY_SECONDS,
    whoAmI: 'https://api.spotify.com/v1/me',
  },
  {
    id: 'strava',
    name: 'Strava',
    documentation: 'https://developers.strava.com/docs/authentication',
    tokenEndpoint: 'https://www.strava.com/api/v3/oauth/token',
    clientAuthMethods: ['client_secret_post'],
    reply: {
      deadErrors: ['RefreshToken invalid'],
      clientErrors: ['Application invalid'],
    },
    rotationClass: 'strict',
    whoAmI: 'https://www.strava.com/api/v3/athlete',
  },
  {
    id: 'withings',
    name: 'Withings',
    documentation:
      'https://developer.withings.com/developer-guide/v3/integration-guide/public-health-data-api/get-access/access-and-refresh-tokens-no-recover',
    tokenEndpoint: 'https://wbsapi.withings.net/v2/oauth2',
    clientAuthMethods: ['client_secret_post'],
    request: { parameters: { action: 'requesttoken' } },
    reply: {
      refreshToken: 'body.refresh_token',
      accessToken: 'body.access_token',
      errorNumber: 'status',
    },
    rotationClass: 'confirm-on-use',
    refreshTokenAbsoluteSeconds: 365 * DAY_SECONDS,
  },
  {
    id: 'x-twitter',
    name: 'X (Twitter)',
    documentation:
      'https://docs.x.com/fundamentals/authentication/oauth-2-0/user-access-token',
    tokenEndpoint: 'https://api.x.com/2/oauth2/token',
    clientAuthMethods: ['client_secret_basic', 'none'],
    // The code is `invalid_request`, which may be anything.
    reply: { deadDescriptions: ['Value passed for the token was invalid'] },
    rotationClass: 'strict',
    refreshTokenAbsoluteSeconds: 180 * DAY_SECONDS,
    whoAmI: 'https://api.x.com/2/users/me',
  },
]
