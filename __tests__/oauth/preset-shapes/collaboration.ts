import { accessOnly, invalidGrant, newPair, type VendorShape } from './shape.ts'

export const collaboration: readonly VendorShape[] = [
  {
    id: 'airtable',
    sources: [
      'NangoHQ/nango: packages/providers/providers.yaml',
      'https://www.nango.dev/blog/airtable-oauth-refresh-token-invalid-grant',
    ],
    demands: {
      url: 'https://airtable.com/oauth2/v1/token',
      credentials: 'HTTP Basic',
      format: 'form',
    },
    good: {
      ...newPair(3600, { refresh_expires_in: 5_184_000 }),
      refreshTokenLives: 5_184_000,
    },
    bad: invalidGrant('Token is invalid.'),
  },
  {
    id: 'asana',
    sources: ['Asana/developer-docs: source/includes/markdown/_auth.html.md'],
    demands: {
      url: 'https://app.asana.com/-/oauth_token',
      credentials: 'in the body',
      format: 'form',
    },
    good: accessOnly(3600, {
      token_type: 'bearer',
      data: { id: 1, name: 'Me' },
    }),
    bad: invalidGrant('The refresh token provided is invalid.'),
  },
  {
    id: 'atlassian-3lo',
    sources: [
      'https://developer.atlassian.com/cloud/oauth/getting-started/refresh-tokens',
      'https://nango.dev/blog/jira-oauth-refresh-token-invalid-grant (403)',
    ],
    demands: {
      url: 'https://auth.atlassian.com/oauth/token',
      credentials: 'in the body',
      format: 'form',
    },
    good: newPair(3600, { scope: 'read:jira-work offline_access' }),
    bad: invalidGrant('Unknown or invalid refresh token.', {}, 403),
  },
  {
    id: 'box',
    sources: [
      'box/developer.box.com: content/guides/authentication/tokens/refresh.md',
      'https://github.com/box/box-python-sdk/issues/71',
    ],
    demands: {
      url: 'https://api.box.com/oauth2/token',
      credentials: 'in the body',
      format: 'form',
    },
    good: newPair(4123, { token_type: 'bearer', restricted_to: [] }),
    bad: invalidGrant('Invalid refresh token'),
  },
  {
    id: 'canva',
    sources: [
      'https://canva.dev/docs/connect/api-reference/authentication/generate-access-token',
    ],
    demands: {
      url: 'https://api.canva.com/rest/v1/oauth/token',
      credentials: 'HTTP Basic',
      format: 'form',
    },
    // Access tokens are up to 4 KB long.
    good: newPair(14_400, { scope: 'asset:read', padding: 'x'.repeat(4096) }),
    bad: invalidGrant(),
  },
  {
    id: 'discord',
    sources: ['discord/discord-api-docs: developers/topics/oauth2.mdx'],
    demands: {
      url: 'https://discord.com/api/oauth2/token',
      credentials: 'HTTP Basic',
      format: 'form',
    },
    good: newPair(604_800, { scope: 'identify' }),
    bad: invalidGrant('Invalid "refresh_token" in request.'),
  },
  {
    id: 'dropbox',
    sources: [
      'dropbox/dropbox-sdk-js: src/auth.js',
      'golang/oauth2: internal/token.go (header and body at once are refused)',
    ],
    demands: {
      url: 'https://api.dropboxapi.com/oauth2/token',
      credentials: 'HTTP Basic',
      format: 'form',
    },
    good: accessOnly(14_400, { token_type: 'bearer' }),
    bad: invalidGrant('refresh token is invalid or revoked'),
  },
  {
    id: 'figma',
    sources: [
      'figma/rest-api-spec: openapi/openapi.yaml (refreshUrl)',
      'https://arcticjs.dev/providers/figma',
    ],
    demands: {
      url: 'https://api.figma.com/v1/oauth/refresh',
      credentials: 'HTTP Basic',
      format: 'form',
    },
    good: accessOnly(7_776_000),
    bad: invalidGrant(),
  },
  {
    id: 'linear',
    sources: [
      'NangoHQ/nango: packages/providers/providers.yaml',
      'ten independent public files found by the string "api.linear.app/oauth/token"',
    ],
    demands: {
      url: 'https://api.linear.app/oauth/token',
      credentials: 'in the body',
      format: 'form',
    },
    good: newPair(86_399),
    bad: invalidGrant(),
  },
  {
    id: 'matrix',
    sources: [
      'https://spec.matrix.org/latest/client-server-api/#post_matrixclientv3refresh',
    ],
    fill: { homeserver: 'matrix.example.org' },
    demands: {
      url: 'https://matrix.example.org/_matrix/client/v3/refresh',
      credentials: 'none',
      format: 'json',
    },
    good: {
      status: 200,
      body: {
        access_token: 'new-access-token',
        refresh_token: 'new-refresh-token',
        expires_in_ms: 60_000,
      },
      refreshToken: 'new-refresh-token',
      expiresIn: 60,
    },
    bad: {
      kind: 'dead',
      status: 401,
      body: {
        errcode: 'M_UNKNOWN_TOKEN',
        error: 'Soft logged out',
        soft_logout: true,
      },
    },
  },
  {
    id: 'miro',
    sources: [
      'https://developers.miro.com/reference/get-new-access-token-using-refresh-token',
    ],
    demands: {
      url: 'https://api.miro.com/v1/oauth/token',
      credentials: 'in the body',
      format: 'query and form',
    },
    good: newPair(3599, { token_type: 'bearer', user_id: '1', team_id: '2' }),
    bad: invalidGrant(),
  },
  {
    id: 'notion',
    sources: [
      'https://developers.notion.com/reference/refresh-a-token',
      'makenotion/notion-sdk-js: src/api-endpoints/oauth.ts',
    ],
    demands: {
      url: 'https://api.notion.com/v1/oauth/token',
      credentials: 'HTTP Basic',
      format: 'json',
    },
    good: newPair(undefined, {
      token_type: 'bearer',
      bot_id: 'b',
      workspace_id: 'w',
      duplicated_template_id: null,
    }),
    bad: invalidGrant(),
  },
  {
    id: 'ringcentral',
    sources: [
      'https://developers.ringcentral.com/guide/authentication/refresh-tokens',
      'ten independent public files found by the string "platform.ringcentral.com/restapi/oauth/token"',
    ],
    demands: {
      url: 'https://platform.ringcentral.com/restapi/oauth/token',
      credentials: 'HTTP Basic',
      format: 'form',
    },
    good: {
      ...newPair(3600, {
        token_type: 'bearer',
        refresh_token_expires_in: 604_800,
      }),
      refreshTokenLives: 604_800,
    },
    bad: invalidGrant('Token not found'),
  },
  {
    id: 'slack',
    sources: [
      'https://docs.slack.dev/authentication/using-token-rotation',
      'NangoHQ/nango: packages/shared/lib/clients/provider.client.ts',
    ],
    demands: {
      url: 'https://slack.com/api/oauth.v2.access',
      credentials: 'in the body',
      format: 'form',
    },
    good: newPair(43_200, {
      ok: true,
      token_type: 'bot',
      team: { id: 'T1' },
      authed_user: { id: 'U1' },
    }),
    bad: {
      kind: 'dead',
      status: 200,
      body: { ok: false, error: 'invalid_refresh_token' },
    },
  },
  {
    // A user token sits under authed_user.
    id: 'slack',
    sources: ['https://api.slack.com/methods/oauth.v2.exchange'],
    demands: {
      url: 'https://slack.com/api/oauth.v2.access',
      credentials: 'in the body',
      format: 'form',
    },
    good: {
      status: 200,
      body: {
        ok: true,
        team: { id: 'T1' },
        authed_user: {
          id: 'U1',
          access_token: 'new-access-token',
          refresh_token: 'new-refresh-token',
          expires_in: 43_200,
          token_type: 'user',
        },
      },
      refreshToken: 'new-refresh-token',
      expiresIn: 43_200,
      defects: ['its tokens stood in an unexpected place'],
    },
    bad: {
      kind: 'dead',
      status: 200,
      body: { ok: false, error: 'invalid_refresh_token' },
    },
  },
  {
    id: 'zoom',
    sources: [
      'https://github.com/tl-its-umich-edu/remote-office-hours-queue/issues/363',
    ],
    demands: {
      url: 'https://zoom.us/oauth/token',
      credentials: 'HTTP Basic',
      format: 'form',
    },
    good: newPair(3599, {
      token_type: 'bearer',
      api_url: 'https://api.zoom.us',
    }),
    bad: {
      kind: 'dead',
      status: 400,
      body: { reason: 'Invalid Token!', error: 'invalid_grant' },
    },
  },
]
