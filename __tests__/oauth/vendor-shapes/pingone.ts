import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

const uuid = '0a1b2c3d-0000-4000-8000-0123456789ab'

/**
 * Read 2026-11:
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://github.com/pingidentity/terraform-provider-pingone/blob/cef5208a/docs/resources/application.md
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'as configured',
    old: 'as configured',
    ends: '180 days',
  },
  exchanges: [
    {
      fill: { tld: 'eu', envId: uuid },
      demands: {
        url: `https://auth.pingone.eu/${uuid}/as/token`,
        credentials: [
          'HTTP Basic',
          'in the body',
          'an assertion, signed with the secret',
          'an assertion, signed with a key',
          'client_id in the body',
        ],
        format: 'form',
      },
      good: newPair(3600),
      bad: invalidGrant(),
    },
  ],
}
