import type { Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://developers.notion.com/reference/refresh-a-token
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://nango.dev/blog/notion-oauth-refresh-token-invalid-grant
 * - https://github.com/makenotion/notion-cookbook/pull/1
 * - https://github.com/makenotion/notion-sdk-js/blob/9060802/src/api-endpoints/oauth.ts
 */
export const provider: Provider = {
  name: 'Notion',
  documentation: 'https://developers.notion.com/reference/refresh-a-token',
  tokenEndpoint: 'https://api.notion.com/v1/oauth/token',
  clientAuthMethods: ['client_secret_basic'],
  request: { format: 'json' },
  rotationClass: 'strict',
}
