import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://developers.docusign.com/platform/auth/reference/obtain-access-token
 * - https://docs.cortezaproject.org/corteza-docs/2020.6/ext/docusign/about.html
 * - https://www.volcengine.com/article/3402631 (translated Q&A)
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'always',
    old: 'dies',
    ends: '30 days',
  },
  otherAddresses: [
    {
      fill: { account: 'account' },
      url: 'https://account.docusign.com/oauth/token',
    },
  ],
  exchanges: [
    {
      fill: { account: 'account-d' },
      demands: {
        url: 'https://account-d.docusign.com/oauth/token',
        credentials: ['HTTP Basic'],
        format: 'form',
      },
      good: newPair(28_800),
      bad: invalidGrant('expired_client_token'),
    },
  ],
}
