import { DAY_SECONDS, type Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://github.com/golang/oauth2/blob/89ff2e1/endpoints/endpoints.go
 * - https://shopify.dev/changelog/offline-access-tokens-now-support-expiry-and-refresh
 * - https://shopify.dev/docs/apps/build/security/credentials-and-data/use-expiring-offline-access-tokens
 * - https://shopify.dev/changelog/more-resilient-refreshes-for-expiring-offline-access-tokens (2026-08-28)
 */
export const provider: Provider = {
  name: 'Shopify (expiring offline tokens)',
  documentation:
    'https://shopify.dev/docs/apps/build/security/credentials-and-data/use-expiring-offline-access-tokens',
  tokenEndpoint: 'https://{shop}.myshopify.com/admin/oauth/access_token',
  placeholders: {
    shop: {
      description: 'name of the shop, in front of .myshopify.com',
      example: 'acme',
      pattern: /[A-Za-z0-9][A-Za-z0-9-]*/,
    },
  },
  clientAuthMethods: ['client_secret_post'],
  reply: { hasNoTokenType: true },
  rotationClass: 'confirm-on-use',
  refreshTokenAbsoluteSeconds: 90 * DAY_SECONDS,
}
