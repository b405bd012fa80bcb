import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://github.com/onelogin/onelogin-python-sdk/blob/master/docs/ConfigurationOidc.md
 * - ten independent public files found by the string "onelogin.com/oidc/2/token"
 */
export const shape: VendorShape = {
  refreshTokens: {},
  exchanges: [
    {
      fill: { subdomain: 'acme' },
      demands: {
        url: 'https://acme.onelogin.com/oidc/2/token',
        credentials: ['HTTP Basic', 'in the body', 'client_id in the body'],
        format: 'form',
      },
      good: newPair(3600),
      bad: invalidGrant(),
    },
  ],
}
