import type { Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/figma/rest-api-spec/blob/HEAD/openapi/openapi.yaml (refreshUrl)
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://arcticjs.dev/providers/figma
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/shared/lib/clients/provider.client.ts
 */
export const provider: Provider = {
  name: 'Figma',
  documentation: 'https://developers.figma.com/docs/rest-api/authentication/',
  // For refreshing only; codes are exchanged at another one.
  tokenEndpoint: 'https://api.figma.com/v1/oauth/refresh',
  clientAuthMethods: ['client_secret_basic'],
  rotationClass: 'non-rotating',
  whoAmI: 'https://api.figma.com/v1/me',
}
