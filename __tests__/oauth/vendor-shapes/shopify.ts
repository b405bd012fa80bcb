import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://shopify.dev/docs/apps/build/security/credentials-and-data/use-expiring-offline-access-tokens
 * - https://shopify.dev/changelog/offline-access-tokens-now-support-expiry-and-refresh
 * - https://shopify.dev/changelog/more-resilient-refreshes-for-expiring-offline-access-tokens (2026-08-28)
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'always',
    old: 'lives until something new is used',
    ends: '90 days',
  },
  exchanges: [
    {
      fill: { shop: 'acme' },
      demands: {
        url: 'https://acme.myshopify.com/admin/oauth/access_token',
        credentials: ['in the body'],
        format: 'form',
      },
      good: {
        ...newPair(3600, {
          token_type: undefined,
          scope: 'read_orders',
          refresh_token_expires_in: 7_776_000,
        }),
        refreshTokenLives: 7_776_000,
      },
      bad: invalidGrant(),
    },
  ],
}
