import { accessOnly, invalidGrant, newPair, type VendorShape } from './shape.ts'

export const business: readonly VendorShape[] = [
  {
    id: 'amazon-lwa',
    sources: [
      'https://developer.amazon.com/docs/amazon-data-portability/use-refresh-token.html',
    ],
    fill: { tld: 'co.uk' },
    demands: {
      url: 'https://api.amazon.co.uk/auth/o2/token',
      credentials: 'in the body',
      format: 'form',
    },
    good: newPair(3600, { token_type: 'bearer' }),
    bad: invalidGrant('The request has an invalid grant parameter'),
  },
  {
    id: 'docusign',
    sources: [
      'https://developers.docusign.com/platform/auth/reference/obtain-access-token',
    ],
    fill: { account: 'account-d' },
    demands: {
      url: 'https://account-d.docusign.com/oauth/token',
      credentials: 'HTTP Basic',
      format: 'form',
    },
    good: newPair(28_800),
    bad: invalidGrant('expired_client_token'),
  },
  {
    id: 'ebay',
    sources: [
      'https://developer.ebay.com/api-docs/static/oauth-refresh-token-request.html',
      'requests/requests-oauthlib: requests_oauthlib/compliance_fixes/ebay.py (token_type)',
    ],
    demands: {
      url: 'https://api.ebay.com/identity/v1/oauth2/token',
      credentials: 'HTTP Basic',
      format: 'form',
    },
    good: accessOnly(7200, { token_type: 'User Access Token' }),
    bad: invalidGrant('the provided authorization refresh token is invalid'),
  },
  {
    id: 'hubspot',
    sources: [
      'https://developers.hubspot.com/docs/api-reference/latest/authentication/manage-oauth-tokens.md',
      'https://github.com/HGData/mk-node-hubspot/pull/19 (the same refresh token)',
    ],
    demands: {
      url: 'https://api.hubapi.com/oauth/2026-03/token',
      credentials: 'in the body',
      format: 'form',
    },
    good: {
      ...newPair(1800, {
        token_type: 'bearer',
        refresh_token: 'the-refresh-token',
      }),
      refreshToken: 'the-refresh-token',
    },
    bad: invalidGrant(),
  },
  {
    id: 'linkedin',
    sources: [
      'https://learn.microsoft.com/en-us/linkedin/shared/authentication/programmatic-refresh-tokens',
      'https://github.com/panva/openid-client/issues/826 (no token_type)',
    ],
    demands: {
      url: 'https://www.linkedin.com/oauth/v2/accessToken',
      credentials: 'in the body',
      format: 'form',
    },
    good: {
      ...newPair(5_183_999, {
        token_type: undefined,
        refresh_token: 'the-refresh-token',
        refresh_token_expires_in: 31_535_999,
      }),
      refreshToken: 'the-refresh-token',
      refreshTokenLives: 31_535_999,
    },
    bad: invalidGrant('The provided authorization grant is invalid'),
  },
  {
    id: 'paypal',
    sources: [
      'NangoHQ/nango: packages/providers/providers.yaml',
      'golang/oauth2: internal/token.go (expires_in as a string)',
    ],
    demands: {
      url: 'https://api.paypal.com/v1/oauth2/token',
      credentials: 'HTTP Basic',
      format: 'form',
    },
    good: {
      ...newPair(undefined, { expires_in: '28800' }),
      expiresIn: 28_800,
    },
    bad: invalidGrant(),
  },
  {
    id: 'quickbooks-intuit',
    sources: [
      'intuit/oauth-pythonclient: intuitlib/client.py',
      'https://github.com/IntuitDeveloper/OAuth2-Dotnet_UsingSDK/blob/master/docs/help/Tokens.md',
    ],
    demands: {
      url: 'https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer',
      credentials: 'HTTP Basic',
      format: 'form',
    },
    good: {
      ...newPair(3600, {
        token_type: 'bearer',
        x_refresh_token_expires_in: 8_726_400,
      }),
      refreshTokenLives: 8_726_400,
    },
    bad: invalidGrant('Incorrect or invalid refresh token'),
  },
  {
    id: 'salesforce',
    sources: ['NangoHQ/nango: packages/shared/lib/clients/provider.client.ts'],
    demands: {
      url: 'https://login.salesforce.com/services/oauth2/token',
      credentials: 'in the body',
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
    id: 'salesforce',
    sources: [
      'https://developer.salesforce.com/docs/platform/isvforce/guide/secure-code-ac-eca.md',
    ],
    fill: { host: 'acme.my.salesforce.com' },
    demands: {
      url: 'https://acme.my.salesforce.com/services/oauth2/token',
      credentials: 'client_id in the body',
      format: 'form',
    },
    good: newPair(),
    bad: invalidGrant('expired access/refresh token'),
  },
  {
    id: 'shopify',
    sources: [
      'https://shopify.dev/docs/apps/build/security/credentials-and-data/use-expiring-offline-access-tokens',
    ],
    fill: { shop: 'acme' },
    demands: {
      url: 'https://acme.myshopify.com/admin/oauth/access_token',
      credentials: 'in the body',
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
  {
    id: 'stripe-apps',
    sources: ['NangoHQ/nango: packages/shared/lib/clients/provider.client.ts'],
    demands: {
      url: 'https://api.stripe.com/v1/oauth/token',
      credentials: 'HTTP Basic, the secret as user name',
      format: 'form',
    },
    good: newPair(undefined, {
      token_type: 'bearer',
      livemode: false,
      stripe_user_id: 'acct_1',
      stripe_publishable_key: 'pk_test_1',
    }),
    bad: invalidGrant('Refresh token does not exist'),
  },
  {
    id: 'stripe-connect',
    sources: ['https://docs.stripe.com/connect/oauth-reference'],
    demands: {
      url: 'https://connect.stripe.com/oauth/token',
      credentials: 'in the body',
      format: 'form',
    },
    good: newPair(undefined, { token_type: 'bearer', livemode: false }),
    bad: invalidGrant('Refresh token does not exist'),
  },
  {
    id: 'xero',
    sources: ['https://developer.xero.com/faq/oauth2'],
    demands: {
      url: 'https://identity.xero.com/connect/token',
      credentials: 'HTTP Basic',
      format: 'form',
    },
    good: newPair(1800, { scope: 'offline_access' }),
    bad: invalidGrant(),
  },
  {
    id: 'zoho',
    sources: ['https://www.zoho.com/pdfeditor/help/api/oauth-step4.html'],
    fill: { dc: 'com.au' },
    demands: {
      url: 'https://accounts.zoho.com.au/oauth/v2/token',
      credentials: 'in the body',
      format: 'form',
    },
    good: accessOnly(3600, { api_domain: 'https://www.zohoapis.com.au' }),
    bad: invalidGrant(),
  },
]
