import type { VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://spec.matrix.org/latest/client-server-api/#post_matrixclientv3refresh
 * - https://docs.rs/ruma-client-api/latest/ruma_client_api/session/refresh_token/index.html (Matrix client-server API, /refresh)
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'sometimes',
    old: 'lives until something new is used',
  },
  exchanges: [
    {
      fill: { homeserver: 'matrix.example.org' },
      demands: {
        url: 'https://matrix.example.org/_matrix/client/v3/refresh',
        credentials: ['none'],
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
        kind: 'invalid-grant',
        status: 401,
        body: {
          errcode: 'M_UNKNOWN_TOKEN',
          error: 'Soft logged out',
          soft_logout: true,
        },
      },
    },
  ],
}
