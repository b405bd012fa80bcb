import { DAY_SECONDS, type Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://docs.snowflake.com/user-guide/single-use-refresh-tokens
 */
export const provider: Provider = {
  name: 'Snowflake',
  documentation:
    'https://docs.snowflake.com/user-guide/single-use-refresh-tokens',
  tokenEndpoint: 'https://{account}/oauth/token-request',
  placeholders: {
    account: {
      description: 'host of the account',
      example: 'acme-prod.snowflakecomputing.com',
    },
  },
  clientAuthMethods: ['client_secret_basic'],
  rotationClass: 'strict',
  refreshTokenAbsoluteSeconds: 90 * DAY_SECONDS,
}
