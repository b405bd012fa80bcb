import type { Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - ten independent public files found by the string "onelogin.com/oidc/2/token" (its own page not read)
 * - ten independent public files found by the string "onelogin.com/oidc/2/me" (its own page not read)
 * - https://github.com/onelogin/onelogin-python-sdk/blob/master/docs/ConfigurationOidc.md
 */
export const provider: Provider = {
  name: 'OneLogin',
  documentation:
    'https://github.com/onelogin/onelogin-python-sdk/blob/master/docs/ConfigurationOidc.md',
  tokenEndpoint: 'https://{subdomain}.onelogin.com/oidc/2/token',
  userinfoEndpoint: 'https://{subdomain}.onelogin.com/oidc/2/me',
  placeholders: {
    subdomain: { description: 'OneLogin subdomain', example: 'acme' },
  },
  clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
  rotationClass: 'strict',
}
