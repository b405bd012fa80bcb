import { invalidGrant, newPair, type VendorShape } from './shape.ts'

const uuid = '0a1b2c3d-0000-4000-8000-0123456789ab'

export const developerPlatforms: readonly VendorShape[] = [
  {
    id: 'anthropic-claude',
    sources: [
      'ten independent clients found by the string "platform.claude.com/v1/oauth/token"',
      'https://github.com/anthropics/claude-code/issues/27933 (404, nested error)',
    ],
    demands: {
      url: 'https://platform.claude.com/v1/oauth/token',
      credentials: 'client_id in the body',
      format: 'json',
    },
    good: newPair(28_800),
    bad: {
      kind: 'dead',
      status: 404,
      body: {
        type: 'error',
        error: { type: 'not_found_error', message: 'Not found' },
      },
    },
  },
  {
    id: 'bitbucket',
    sources: [
      'https://confluence.atlassian.com/bitbucket/oauth-endpoint-300220600.html',
      'https://github.com/terrakube-io/terrakube/issues/47 (reply)',
    ],
    demands: {
      url: 'https://bitbucket.org/site/oauth2/access_token',
      credentials: 'HTTP Basic',
      format: 'form',
    },
    good: newPair(7200, {
      token_type: 'bearer',
      scopes: 'account',
      state: 'refresh_token',
    }),
    bad: invalidGrant(),
  },
  {
    id: 'cloudflare',
    sources: [
      'cloudflare/workers-sdk: packages/workers-auth/src/token-exchange.ts',
    ],
    demands: {
      url: 'https://dash.cloudflare.com/oauth2/token',
      credentials: 'client_id in the body',
      format: 'form',
    },
    good: newPair(3600),
    bad: invalidGrant(),
  },
  {
    id: 'databricks',
    sources: [
      'databricks/databricks-sdk-go: service/oauth2/model.go, credentials/u2m/persistent_auth.go',
    ],
    fill: { workspace: 'acme.cloud.databricks.com' },
    demands: {
      url: 'https://acme.cloud.databricks.com/oidc/v1/token',
      credentials: 'client_id in the body',
      format: 'form',
    },
    good: newPair(3600),
    bad: invalidGrant('Refresh token is invalid'),
  },
  {
    id: 'digitalocean',
    sources: ['https://docs.digitalocean.com/reference/api/oauth'],
    demands: {
      url: 'https://cloud.digitalocean.com/v1/oauth/token',
      credentials: 'in the body',
      format: 'form',
    },
    good: newPair(2_592_000),
    bad: invalidGrant(),
  },
  {
    id: 'github-app-user',
    sources: [
      'github/docs: content/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens.md',
      'https://github.com/getsentry/junior/pull/620 (error on 200)',
    ],
    demands: {
      url: 'https://github.com/login/oauth/access_token',
      credentials: 'in the body',
      format: 'form',
    },
    good: {
      ...newPair(28_800, {
        token_type: 'bearer',
        refresh_token_expires_in: 15_897_600,
        scope: '',
      }),
      refreshTokenLives: 15_897_600,
    },
    bad: {
      kind: 'dead',
      status: 200,
      body: {
        error: 'bad_refresh_token',
        error_description: 'The refresh token passed is incorrect or expired.',
      },
    },
  },
  {
    id: 'gitlab-oauth',
    sources: ['gitlabhq/gitlabhq: doc/api/oauth2.md'],
    fill: { host: 'gitlab.example.com' },
    add: [['redirect_uri', 'https://app.example.com/callback']],
    demands: {
      url: 'https://gitlab.example.com/oauth/token',
      credentials: 'in the body',
      format: 'form',
      parameters: { redirect_uri: 'https://app.example.com/callback' },
    },
    good: newPair(7200, { token_type: 'bearer', created_at: 1_607_635_748 }),
    bad: invalidGrant(
      'The provided authorization grant is invalid, expired, or revoked.',
    ),
  },
  {
    id: 'gitlab-pat',
    sources: ['gitlabhq/gitlabhq: doc/api/personal_access_tokens.md'],
    add: [['expires_at', '2099-12-31']],
    demands: {
      url: 'https://gitlab.com/api/v4/personal_access_tokens/self/rotate',
      credentials: 'PRIVATE-TOKEN',
      format: 'form',
      parameters: { expires_at: '2099-12-31' },
    },
    good: {
      status: 200,
      body: {
        id: 42,
        name: 'rotated',
        revoked: false,
        scopes: ['api', 'self_rotate'],
        active: true,
        expires_at: '2099-12-31',
        token: 'new-access-token',
      },
      refreshToken: 'new-access-token',
    },
    bad: {
      kind: 'dead',
      status: 401,
      body: { message: '401 Unauthorized' },
    },
  },
  {
    id: 'heroku',
    sources: ['https://devcenter.heroku.com/articles/oauth'],
    demands: {
      url: 'https://id.heroku.com/oauth/token',
      credentials: 'in the body',
      format: 'form',
    },
    good: newPair(28_799, { session_nonce: 'abc', user_id: uuid }),
    bad: invalidGrant(),
  },
  {
    id: 'jfrog',
    sources: [
      'jfrog/jfrog-client-go: access/services/accesstoken.go, artifactory/services/security.go',
    ],
    fill: { host: 'acme.jfrog.io' },
    demands: {
      url: 'https://acme.jfrog.io/access/api/v1/tokens',
      credentials: 'none',
      format: 'json',
      parameters: { refreshable: true },
    },
    good: newPair(3600, { scope: 'applied-permissions/user' }),
    // What it says of a dead token was not found, so nothing is made of it.
    bad: {
      kind: 'indeterminate',
      status: 401,
      body: { errors: [{ code: 'UNAUTHORIZED', message: 'Invalid token' }] },
    },
  },
  {
    id: 'openai-codex',
    sources: [
      'openai/codex: codex-rs/login/src/auth/util.rs',
      'https://github.com/router-for-me/CLIProxyAPI/issues/3783 (401, error object)',
    ],
    demands: {
      url: 'https://auth.openai.com/oauth/token',
      credentials: 'client_id in the body',
      format: 'form',
    },
    good: newPair(864_000),
    bad: {
      kind: 'dead',
      status: 401,
      body: {
        error: {
          message: 'Your refresh token has already been used.',
          type: 'invalid_request_error',
          param: null,
          code: 'refresh_token_reused',
        },
      },
    },
  },
  {
    id: 'sentry',
    sources: [
      'NangoHQ/nango: packages/shared/lib/clients/provider.client.ts (names, 201)',
      'getsentry/sentry: src/sentry/sentry_apps/token_exchange/refresher.py (401)',
    ],
    fill: { installation: uuid },
    demands: {
      url: `https://sentry.io/api/0/sentry-app-installations/${uuid}/authorizations/`,
      credentials: 'in the body',
      format: 'json',
    },
    good: {
      status: 201,
      body: {
        id: '38',
        token: 'new-access-token',
        refreshToken: 'new-refresh-token',
        dateCreated: '2026-01-01T00:00:00.000000Z',
        expiresAt: '{in 3600 seconds}',
        state: null,
        application: null,
      },
      refreshToken: 'new-refresh-token',
      expiresIn: 3600,
    },
    bad: { kind: 'dead', status: 401, body: { detail: 'Token not found' } },
  },
  {
    id: 'snowflake',
    sources: [
      'NangoHQ/nango: packages/providers/providers.yaml',
      'https://docs.snowflake.com/user-guide/single-use-refresh-tokens',
    ],
    fill: { account: 'acme-prod.snowflakecomputing.com' },
    demands: {
      url: 'https://acme-prod.snowflakecomputing.com/oauth/token-request',
      credentials: 'HTTP Basic',
      format: 'form',
    },
    good: newPair(600),
    bad: invalidGrant('This is an invalid refresh token.'),
  },
  {
    // The endpoint comes from discovery; the test gives it.
    id: 'vercel',
    sources: ['vercel/vercel: packages/cli-auth/oauth.ts'],
    demands: {
      url: 'https://vercel.com/',
      credentials: 'client_id in the body',
      format: 'form',
    },
    good: newPair(3600),
    bad: invalidGrant(),
  },
]
