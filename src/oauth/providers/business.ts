import type { Provider } from '../provider.ts'
import { DAY_SECONDS, oneOf, pathSegment } from './placeholders.ts'

/** Where customers, contracts, books and money are kept. */
export const business: readonly Provider[] = [
  {
    id: 'amazon-lwa',
    name: 'Login with Amazon, Selling Partner API',
    documentation:
      'https://developer.amazon.com/docs/login-with-amazon/refresh-token.html',
    tokenEndpoint: 'https://api.amazon.{tld}/auth/o2/token',
    placeholders: {
      tld: oneOf('end of the domain of the region: com, co.uk or co.jp', [
        'com',
        'co.uk',
        'co.jp',
      ]),
    },
    clientAuthMethods: ['client_secret_post'],
    rotationClass: 'non-rotating',
  },
  {
    id: 'docusign',
    name: 'DocuSign',
    documentation:
      'https://developers.docusign.com/platform/auth/reference/obtain-access-token',
    tokenEndpoint: 'https://{account}.docusign.com/oauth/token',
    userinfoEndpoint: 'https://{account}.docusign.com/oauth/userinfo',
    placeholders: {
      account: oneOf('account, or account-d for demo', [
        'account',
        'account-d',
      ]),
    },
    clientAuthMethods: ['client_secret_basic'],
    rotationClass: 'strict',
    refreshTokenAbsoluteSeconds: 30 * DAY_SECONDS,
  },
  {
    id: 'ebay',
    name: 'eBay',
    documentation:
      'https://developer.ebay.com/api-docs/static/oauth-refresh-token-request.html',
    tokenEndpoint: 'https://{api}.ebay.com/identity/v1/oauth2/token',
    placeholders: {
      api: oneOf('api, or api.sandbox', ['api', 'api.sandbox']),
    },
    clientAuthMethods: ['client_secret_basic'],
    rotationClass: 'non-rotating',
    refreshTokenAbsoluteSeconds: 547.5 * DAY_SECONDS,
  },
  {
    id: 'hubspot',
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
  },
  {
    id: 'linkedin',
    name: 'LinkedIn',
    documentation:
      'https://learn.microsoft.com/en-us/linkedin/shared/authentication/programmatic-refresh-tokens',
    tokenEndpoint: 'https://www.linkedin.com/oauth/v2/accessToken',
    clientAuthMethods: ['client_secret_post'],
    reply: { hasNoTokenType: true },
    rotationClass: 'non-rotating',
    refreshTokenAbsoluteSeconds: 365 * DAY_SECONDS,
  },
  {
    id: 'paypal',
    name: 'PayPal',
    documentation:
      'https://developer.paypal.com/docs/integration/paypal-here/merchant-onboarding/obtaining-refresh-token-and-access-tokens/',
    tokenEndpoint: 'https://api.paypal.com/v1/oauth2/token',
    userinfoEndpoint:
      'https://api-m.paypal.com/v1/identity/oauth2/userinfo?schema=paypalv1.1',
    clientAuthMethods: ['client_secret_basic'],
    rotationClass: 'strict',
  },
  {
    id: 'quickbooks-intuit',
    name: 'Intuit QuickBooks Online',
    documentation:
      'https://developer.intuit.com/app/developer/qbo/docs/develop/authentication-and-authorization/faq',
    tokenEndpoint: 'https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer',
    clientAuthMethods: ['client_secret_basic'],
    rotationClass: 'strict',
    refreshTokenIdleSeconds: 100 * DAY_SECONDS,
    refreshTokenAbsoluteSeconds: 1825 * DAY_SECONDS,
  },
  {
    id: 'salesforce',
    name: 'Salesforce',
    documentation:
      'https://help.salesforce.com/apex/HTViewHelpDoc?id=remoteaccess_oauth_refresh_token_flow.htm&language=en_US',
    tokenEndpoint: 'https://{host}/services/oauth2/token',
    placeholders: {
      host: {
        description: 'My Domain host',
        example: 'acme.my.salesforce.com',
        default: 'login.salesforce.com',
      },
    },
    clientAuthMethods: ['client_secret_post', 'none'],
    rotationClass: 'strict',
    refreshTokenIdleSeconds: 30 * DAY_SECONDS,
  },
  {
    id: 'shopify',
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
  },
  {
    id: 'stripe-apps',
    name: 'Stripe Apps',
    documentation:
      'https://docs.stripe.com/stripe-apps/api-authentication/oauth',
    tokenEndpoint: 'https://api.stripe.com/v1/oauth/token',
    clientAuthMethods: ['client_secret_basic'],
    request: { isSecretBasicUser: true },
    rotationClass: 'strict',
    refreshTokenIdleSeconds: 365 * DAY_SECONDS,
    whoAmI: 'https://api.stripe.com/v1/account',
  },
  {
    id: 'stripe-connect',
    name: 'Stripe Connect (classic)',
    documentation: 'https://docs.stripe.com/connect/oauth-reference',
    tokenEndpoint: 'https://connect.stripe.com/oauth/token',
    clientAuthMethods: ['client_secret_post'],
    rotationClass: 'strict',
    whoAmI: 'https://api.stripe.com/v1/account',
  },
  {
    id: 'xero',
    name: 'Xero',
    documentation: 'https://developer.xero.com/faq/oauth2',
    tokenEndpoint: 'https://identity.xero.com/connect/token',
    clientAuthMethods: ['client_secret_basic'],
    rotationClass: 'grace',
    graceSeconds: 1620,
    refreshTokenIdleSeconds: 60 * DAY_SECONDS,
    whoAmI: 'https://api.xero.com/connections',
  },
  {
    id: 'zoho',
    name: 'Zoho',
    documentation:
      'https://www.zoho.com/contracts/api/getting-started/refreshing-access-tokens.html',
    tokenEndpoint: 'https://accounts.zoho.{dc}/oauth/v2/token',
    placeholders: {
      dc: {
        description: 'end of the domain of the data centre of the user',
        example: 'eu',
        default: 'com',
        pattern: /[a-z]{2,6}(?:\.[a-z]{2,3})?/,
      },
    },
    clientAuthMethods: ['client_secret_post'],
    rotationClass: 'non-rotating',
    whoAmI: 'https://accounts.zoho.{dc}/oauth/user/info',
  },
]
