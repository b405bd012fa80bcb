import { newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://docs.slack.dev/authentication/using-token-rotation
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/shared/lib/clients/provider.client.ts
 * - https://api.slack.com/methods/oauth.v2.exchange
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'always',
    old: 'dies',
  },
  exchanges: [
    {
      demands: {
        url: 'https://slack.com/api/oauth.v2.access',
        credentials: ['in the body'],
        format: 'form',
      },
      good: newPair(43_200, {
        ok: true,
        token_type: 'bot',
        team: { id: 'T1' },
        authed_user: { id: 'U1' },
      }),
      bad: {
        kind: 'invalid-grant',
        status: 200,
        body: { ok: false, error: 'invalid_refresh_token' },
      },
    },
    {
      // A user token sits under authed_user.
      demands: {
        url: 'https://slack.com/api/oauth.v2.access',
        credentials: ['in the body'],
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
        defects: ['its tokens were in an unexpected place'],
      },
      bad: {
        kind: 'invalid-grant',
        status: 200,
        body: { ok: false, error: 'invalid_refresh_token' },
      },
    },
  ],
}
