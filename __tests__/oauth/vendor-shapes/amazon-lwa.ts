import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://developer.amazon.com/docs/amazon-data-portability/use-refresh-token.html
 * - https://rubydoc.info/gems/peddler/Peddler/LWAToken
 * - https://developer.amazon.com/docs/login-with-amazon/refresh-token.html
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'sometimes',
    old: 'lives on',
  },
  otherAddresses: [
    { fill: { tld: 'com' }, url: 'https://api.amazon.com/auth/o2/token' },
    { fill: { tld: 'co.jp' }, url: 'https://api.amazon.co.jp/auth/o2/token' },
  ],
  exchanges: [
    {
      fill: { tld: 'co.uk' },
      demands: {
        url: 'https://api.amazon.co.uk/auth/o2/token',
        credentials: ['in the body'],
        format: 'form',
      },
      good: newPair(3600, { token_type: 'bearer' }),
      bad: invalidGrant('The request has an invalid grant parameter'),
    },
  ],
}
