import type { Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - ten independent public files found by the string "zitadel.cloud/oauth/v2/token" (its own page not read)
 * - https://help.zitadel.com/how-to-enable-and-receive-refresh-tokens
 * - https://github.com/zitadel/zitadel/blob/00d1a408/internal/command/oidc_session.go
 * - https://github.com/zitadel/zitadel/blob/00565944/internal/command/oidc_session_model.go
 * - https://github.com/zitadel/zitadel/blob/0a6e7abc/apps/docs/content/apis/openidoauth/endpoints.mdx
 */
export const provider: Provider = {
  name: 'Zitadel',
  documentation:
    'https://help.zitadel.com/how-to-enable-and-receive-refresh-tokens',
  tokenEndpoint: 'https://{domain}/oauth/v2/token',
  userinfoEndpoint: 'https://{domain}/oidc/v1/userinfo',
  placeholders: {
    domain: {
      description: 'domain of the instance',
      example: 'acme-1a2b3c.zitadel.cloud',
    },
  },
  clientAuthMethods: [
    'client_secret_basic',
    'client_secret_post',
    'private_key_jwt',
    'none',
  ],
  rotationClass: 'strict',
}
