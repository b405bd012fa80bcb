import type { Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/cloudflare/workers-sdk/blob/f830836028/packages/workers-auth/src/token-exchange.ts
 * - https://github.com/cloudflare/workers-sdk/blob/f830836028/packages/workers-auth/src/env-vars.ts
 * - https://github.com/cloudflare/workers-sdk/blob/f830836028/packages/workers-auth/src/flow.ts
 * - https://github.com/cloudflare/workers-sdk/issues/15089
 * - https://github.com/cloudflare/workers-sdk/pull/13910
 * - https://github.com/cloudflare/mcp/pull/136
 */
export const provider: Provider = {
  name: 'Cloudflare (wrangler login)',
  documentation: 'https://github.com/cloudflare/workers-sdk/issues/15089',
  tokenEndpoint: 'https://dash.cloudflare.com/oauth2/token',
  clientAuthMethods: ['none'],
  rotationClass: 'strict',
  whoAmI: 'https://api.cloudflare.com/client/v4/memberships',
}
