import { DAY_SECONDS, type Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://www.nango.dev/blog/airtable-oauth-refresh-token-invalid-grant
 * - nine independent client files found by the string "Airtable rotates refresh tokens"
 */
export const provider: Provider = {
  name: 'Airtable',
  documentation:
    'https://support.airtable.com/docs/troubleshooting-oauth-integrations-in-airtable',
  tokenEndpoint: 'https://airtable.com/oauth2/v1/token',
  clientAuthMethods: ['client_secret_basic'],
  rotationClass: 'strict',
  refreshTokenIdleSeconds: 60 * DAY_SECONDS,
  whoAmI: 'https://api.airtable.com/v0/meta/whoami',
}
