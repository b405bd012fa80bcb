import {
  accessOnly,
  invalidGrant,
  newPair,
  type VendorShape,
} from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/shared/lib/clients/provider.client.ts
 * - https://developer.salesforce.com/docs/platform/isvforce/guide/secure-code-ac-eca.md
 * - https://help.salesforce.com/apex/HTViewHelpDoc?id=remoteaccess_oauth_refresh_token_flow.htm&language=en_US
 * - https://help.salesforce.com/s/articleView?id=xcloud.connected_app_limit_idle_ttl.htm&language=en_US&type=5
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'as configured',
    old: 'as configured',
    endsUnused: '30 days',
  },
  exchanges: [
    {
      demands: {
        url: 'https://login.salesforce.com/services/oauth2/token',
        credentials: ['in the body'],
        format: 'form',
      },
      good: accessOnly(undefined, {
        instance_url: 'https://acme.my.salesforce.com',
        id: 'https://login.salesforce.com/id/00D/005',
        issued_at: '1767225600000',
        signature: 'c2ln',
      }),
      bad: invalidGrant('expired access/refresh token'),
    },
    {
      // Public clients must not send a secret.
      fill: { host: 'acme.my.salesforce.com' },
      demands: {
        url: 'https://acme.my.salesforce.com/services/oauth2/token',
        credentials: ['client_id in the body'],
        format: 'form',
      },
      good: newPair(),
      bad: invalidGrant('expired access/refresh token'),
    },
  ],
}
