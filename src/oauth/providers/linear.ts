import type { Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://linear.app/developers/oauth-2-0-authentication#migrate-to-using-refresh-tokens (as summarised in https://knowledge.brainforge.ai/knowledge/platform/LINEAR_OAUTH_IMPLEMENTATION_SUMMARY and chatwoot PR 13721)
 * - ten independent client files found by the string "Linear rotates refresh tokens"
 * - ten independent public files found by the string "api.linear.app/oauth/token" (its own page not read)
 */
export const provider: Provider = {
  name: 'Linear',
  documentation:
    'https://linear.app/developers/oauth-2-0-authentication#migrate-to-using-refresh-tokens',
  tokenEndpoint: 'https://api.linear.app/oauth/token',
  clientAuthMethods: ['client_secret_post'],
  rotationClass: 'strict',
}
