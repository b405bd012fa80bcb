import type { Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://canva.dev/docs/connect/api-reference/authentication/generate-access-token
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - ten independent client files found by the string "Canva refresh tokens are single" (three of them state that replay revokes the lineage)
 */
export const provider: Provider = {
  name: 'Canva Connect',
  documentation:
    'https://canva.dev/docs/connect/api-reference/authentication/generate-access-token',
  tokenEndpoint: 'https://api.canva.com/rest/v1/oauth/token',
  clientAuthMethods: ['client_secret_basic', 'client_secret_post'],
  rotationClass: 'strict',
  whoAmI: 'https://api.canva.com/rest/v1/users/me',
}
