import type { VendorShape } from '../vendor-shape.ts'

const uuid = '0a1b2c3d-0000-4000-8000-0123456789ab'

/**
 * Read 2026-11:
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/shared/lib/clients/provider.client.ts (names, 201)
 * - https://github.com/getsentry/sentry/blob/12965c5b/src/sentry/sentry_apps/token_exchange/refresher.py (401)
 * - https://github.com/getsentry/sentry/issues/94190
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'always',
    old: 'dies',
  },
  exchanges: [
    {
      fill: { installation: uuid },
      demands: {
        url: `https://sentry.io/api/0/sentry-app-installations/${uuid}/authorizations/`,
        credentials: ['in the body'],
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
      bad: {
        kind: 'invalid-grant',
        status: 401,
        body: { detail: 'Token not found' },
      },
    },
  ],
}
