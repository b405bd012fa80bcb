import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://github.com/vercel/vercel/blob/17d9ebaf8e/packages/cli-auth/oauth.ts
 * - https://github.com/vercel/vercel/blob/17d9ebaf8e/packages/cli/src/util/client.ts
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'sometimes',
  },
  exchanges: [
    {
      demands: {
        url: 'https://vercel.com/',
        isDiscovered: true,
        credentials: ['client_id in the body'],
        format: 'form',
      },
      good: newPair(3600),
      bad: invalidGrant(),
    },
  ],
}
