import { accessOnly, invalidGrant, newPair, type VendorShape } from './shape.ts'

export const consumer: readonly VendorShape[] = [
  {
    id: 'fitbit',
    sources: [
      'https://dev.fitbit.com/build/reference/web-api/authorization/refresh-token',
      'requests/requests-oauthlib: requests_oauthlib/compliance_fixes/fitbit.py (errors)',
    ],
    demands: {
      url: 'https://api.fitbit.com/oauth2/token',
      credentials: 'HTTP Basic',
      format: 'form',
    },
    good: newPair(28_800, { user_id: '26FWFL' }),
    bad: {
      kind: 'dead',
      status: 400,
      body: {
        errors: [
          { errorType: 'invalid_grant', message: 'Refresh token invalid' },
        ],
        success: false,
      },
    },
  },
  {
    // Client apps: no secret.
    id: 'fitbit',
    sources: [
      'https://dev.fitbit.com/build/reference/web-api/authorization/refresh-token',
    ],
    demands: {
      url: 'https://api.fitbit.com/oauth2/token',
      credentials: 'client_id in the body',
      format: 'form',
    },
    good: newPair(28_800),
    bad: invalidGrant(),
  },
  {
    id: 'reddit',
    sources: ['reddit-archive/reddit: r2/r2/controllers/oauth2.py'],
    demands: {
      url: 'https://www.reddit.com/api/v1/access_token',
      credentials: 'HTTP Basic',
      format: 'form',
    },
    good: accessOnly(3600, { token_type: 'bearer', scope: 'identity' }),
    bad: { kind: 'dead', status: 400, body: { error: 'invalid_request' } },
  },
  {
    id: 'smartcar',
    sources: [
      'https://smartcar.com/docs/api-reference/authorization/token-refresh',
    ],
    demands: {
      url: 'https://auth.smartcar.com/oauth/token',
      credentials: 'HTTP Basic',
      format: 'form',
    },
    good: newPair(7200),
    bad: invalidGrant('Invalid or expired refresh token'),
  },
  {
    id: 'spotify',
    sources: [
      'https://developer.spotify.com/documentation/web-api/tutorials/refreshing-tokens',
    ],
    demands: {
      url: 'https://accounts.spotify.com/api/token',
      credentials: 'HTTP Basic',
      format: 'form',
    },
    good: accessOnly(3600, { scope: 'user-read-email' }),
    bad: invalidGrant('Refresh token revoked'),
  },
  {
    id: 'spotify',
    sources: [
      'https://developer.spotify.com/documentation/web-api/tutorials/refreshing-tokens',
    ],
    demands: {
      url: 'https://accounts.spotify.com/api/token',
      credentials: 'client_id in the body',
      format: 'form',
    },
    good: newPair(3600),
    bad: invalidGrant('Refresh token revoked'),
  },
  {
    id: 'strava',
    sources: [
      'https://developers.strava.com/docs/authentication',
      'eight independent public files found by the string "resource":"RefreshToken"',
    ],
    demands: {
      url: 'https://www.strava.com/api/v3/oauth/token',
      credentials: 'in the body',
      format: 'form',
    },
    good: newPair(21_600, { expires_at: 1_568_775_134 }),
    bad: {
      kind: 'dead',
      status: 400,
      body: {
        message: 'Bad Request',
        errors: [
          { resource: 'RefreshToken', field: 'refresh_token', code: 'invalid' },
        ],
      },
    },
  },
  {
    id: 'withings',
    sources: [
      'https://developer.withings.com/developer-guide/v3/integration-guide/public-health-data-api/get-access/access-and-refresh-tokens-no-recover',
      'ten independent public files found by the string "wbsapi.withings.net/v2/oauth2"',
    ],
    demands: {
      url: 'https://wbsapi.withings.net/v2/oauth2',
      credentials: 'in the body',
      format: 'form',
      parameters: { action: 'requesttoken' },
    },
    good: {
      status: 200,
      body: {
        status: 0,
        body: {
          userid: '1',
          access_token: 'new-access-token',
          refresh_token: 'new-refresh-token',
          scope: 'user.info',
          expires_in: 10_800,
          token_type: 'Bearer',
        },
      },
      refreshToken: 'new-refresh-token',
      expiresIn: 10_800,
    },
    // The number says that parameters are invalid, but not which ones.
    bad: {
      kind: 'indeterminate',
      status: 200,
      body: { status: 503, body: {}, error: 'Invalid Params' },
    },
  },
  {
    id: 'x-twitter',
    sources: [
      'xdevplatform/docs: fundamentals/authentication/oauth-2-0/user-access-token.mdx',
      'https://github.com/better-auth/better-auth/issues/2095',
    ],
    demands: {
      url: 'https://api.x.com/2/oauth2/token',
      credentials: 'HTTP Basic',
      format: 'form',
    },
    good: newPair(7200, { token_type: 'bearer', scope: 'offline.access' }),
    bad: {
      kind: 'dead',
      status: 400,
      body: {
        error: 'invalid_request',
        error_description: 'Value passed for the token was invalid.',
      },
    },
  },
]
