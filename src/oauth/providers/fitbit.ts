import type { Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://dev.fitbit.com/build/reference/web-api/authorization/refresh-token
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://dev.fitbit.com/build/reference/web-api/developer-guide/best-practices
 * - two client files found by the string "Fitbit refresh tokens are single" (identical retries inside two minutes get the same response)
 */
export const provider: Provider = {
  name: 'Fitbit',
  documentation:
    'https://dev.fitbit.com/build/reference/web-api/authorization/refresh-token',
  tokenEndpoint: 'https://api.fitbit.com/oauth2/token',
  clientAuthMethods: ['client_secret_basic', 'none'],
  rotationClass: 'strict',
  whoAmI: 'https://api.fitbit.com/1/user/-/profile.json',
}
