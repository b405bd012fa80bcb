import { pathSegment, type Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://developers.hubspot.com/docs/api-reference/latest/authentication/manage-oauth-tokens.md
 * - https://github.com/usertour/usertour/pull/490
 * - https://developers.hubspot.com/docs/api-reference/legacy/authentication/oauth-tokens/v1/refresh-oauth-token.md
 * - https://github.com/HGData/mk-node-hubspot/pull/19
 * - https://github.com/nextauthjs/next-auth/tree/a1a16a5a7/packages/core/src/providers
 * - https://developers.hubspot.com/docs/api-reference/auth-oauth-v3/guide
 */
export const provider: Provider = {
  name: 'HubSpot',
  documentation:
    'https://developers.hubspot.com/docs/api-reference/latest/authentication/manage-oauth-tokens.md',
  tokenEndpoint: 'https://api.hubapi.com/oauth/{version}/token',
  placeholders: {
    version: {
      ...pathSegment('version of the OAuth API', 'v3'),
      default: '2026-03',
    },
  },
  clientAuthMethods: ['client_secret_post'],
  rotationClass: 'non-rotating',
  whoAmI: 'https://api.hubapi.com/account-info/v3/details',
}
