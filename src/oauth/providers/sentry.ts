import { pathSegment, type Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/shared/lib/clients/provider.client.ts
 * - https://docs.sentry.io/api/auth
 * - https://github.com/getsentry/sentry/blob/12965c5b/src/sentry/sentry_apps/token_exchange/refresher.py
 * - https://github.com/getsentry/sentry/issues/94190
 */
export const provider: Provider = {
  name: 'Sentry integration platform',
  documentation: 'https://docs.sentry.io/api/auth',
  tokenEndpoint:
    'https://sentry.io/api/0/sentry-app-installations/{installation}/authorizations/',
  placeholders: {
    installation: pathSegment(
      'UUID of the installation',
      '0a1b2c3d-0000-4000-8000-0123456789ab',
    ),
  },
  clientAuthMethods: ['client_secret_post'],
  request: { format: 'json' },
  reply: {
    refreshToken: 'refreshToken',
    accessToken: 'token',
    expiresAt: 'expiresAt',
    successStatus: 201,
    hasNoTokenType: true,
    invalidGrantStatuses: [401],
  },
  rotationClass: 'strict',
  whoAmI: 'https://sentry.io/api/0/organizations/',
}
