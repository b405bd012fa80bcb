import { accessOnly, invalidGrant, newPair, type VendorShape } from './shape.ts'

const id = '0a1b2c3d-0000-4000-8000-0123456789ab'

export const identityPlatforms: readonly VendorShape[] = [
  {
    id: 'adobe-ims',
    sources: [
      'AdobeDocs/adobe-dev-console: src/pages/guides/authentication/UserAuthentication/ims.md',
    ],
    demands: {
      url: 'https://ims-na1.adobelogin.com/ims/token/v3',
      credentials: 'HTTP Basic',
      format: 'form',
    },
    good: newPair(86_399),
    bad: invalidGrant(),
  },
  {
    // Public clients put the client identifier into the query, not into the body.
    id: 'adobe-ims',
    sources: [
      'AdobeDocs/adobe-dev-console: src/pages/guides/authentication/UserAuthentication/ims.md',
    ],
    demands: {
      url: 'https://ims-na1.adobelogin.com/ims/token/v3',
      credentials: 'client_id in the query',
      format: 'form',
    },
    good: newPair(86_399),
    bad: invalidGrant(),
  },
  {
    id: 'auth0',
    sources: [
      'auth0/docs-v2: main/docs/api/authentication/refresh-token/refresh-token.mdx',
    ],
    fill: { domain: 'acme.auth0.com' },
    demands: {
      url: 'https://acme.auth0.com/oauth/token',
      credentials: 'in the body',
      format: 'form',
    },
    good: newPair(86_400),
    // 403 for an invalid or expired refresh token.
    bad: invalidGrant('Unknown or invalid refresh token.', {}, 403),
  },
  {
    id: 'aws-cognito',
    sources: [
      'https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-refresh-token.html',
    ],
    fill: { domain: 'acme.auth.eu-west-1.amazoncognito.com' },
    demands: {
      url: 'https://acme.auth.eu-west-1.amazoncognito.com/oauth2/token',
      credentials: 'HTTP Basic',
      format: 'form',
    },
    // Rotation is off by default: no new refresh token then.
    good: accessOnly(3600, { id_token: 'eyJhbGciOiJub25lIn0.e30.' }),
    bad: invalidGrant(),
  },
  {
    id: 'keycloak',
    sources: [
      'keycloak/keycloak: docs/guides/securing-apps/partials/oidc/available-endpoints.adoc',
      'https://github.com/keycloak/keycloak/pull/8130',
      'https://github.com/openid/AppAuth-JS/pull/161 (refresh_expires_in)',
    ],
    fill: { host: 'sso.example.com', realm: 'acme' },
    demands: {
      url: 'https://sso.example.com/realms/acme/protocol/openid-connect/token',
      credentials: 'HTTP Basic',
      format: 'form',
    },
    good: {
      ...newPair(300, { refresh_expires_in: 1800, 'not-before-policy': 0 }),
      refreshTokenLives: 1800,
    },
    bad: invalidGrant('Maximum allowed refresh token reuse exceeded'),
  },
  {
    id: 'microsoft-entra',
    sources: [
      'MicrosoftDocs/entra-docs: docs/identity-platform/v2-oauth2-auth-code-flow.md',
    ],
    fill: { tenant: 'contoso.onmicrosoft.com' },
    demands: {
      url: 'https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token',
      credentials: 'in the body',
      format: 'form',
    },
    good: newPair(3599, { scope: 'User.Read' }),
    bad: invalidGrant('AADSTS70000: the refresh token is not valid', {
      error_codes: [70_000],
      trace_id: id,
      correlation_id: id,
    }),
  },
  {
    id: 'okta',
    sources: [
      'okta/okta-developer-docs: packages/@okta/vuepress-site/docs/guides/refresh-tokens/main/index.md',
    ],
    fill: { domain: 'acme.okta.com', authServerId: 'default' },
    demands: {
      url: 'https://acme.okta.com/oauth2/default/v1/token',
      credentials: 'HTTP Basic',
      format: 'form',
    },
    good: newPair(3600),
    bad: invalidGrant('The refresh token is invalid or expired.'),
  },
  {
    id: 'okta-org',
    sources: [
      'okta/okta-developer-docs: packages/@okta/vuepress-site/docs/concepts/auth-servers/index.md',
    ],
    fill: { domain: 'acme.okta.com' },
    demands: {
      url: 'https://acme.okta.com/oauth2/v1/token',
      credentials: 'HTTP Basic',
      format: 'form',
    },
    good: newPair(3600),
    bad: invalidGrant('The refresh token is invalid or expired.'),
  },
  {
    id: 'onelogin',
    sources: [
      'https://github.com/onelogin/onelogin-python-sdk/blob/master/docs/ConfigurationOidc.md',
      'ten independent public files found by the string "onelogin.com/oidc/2/token"',
    ],
    fill: { subdomain: 'acme' },
    demands: {
      url: 'https://acme.onelogin.com/oidc/2/token',
      credentials: 'HTTP Basic',
      format: 'form',
    },
    good: newPair(3600),
    bad: invalidGrant(),
  },
  {
    id: 'ory-hydra',
    sources: [
      'ory/hydra: fosite/handler/oauth2/flow_refresh.go, oauth2/handler.go',
    ],
    fill: { host: 'acme.projects.oryapis.com' },
    demands: {
      url: 'https://acme.projects.oryapis.com/oauth2/token',
      credentials: 'HTTP Basic',
      format: 'form',
    },
    good: newPair(3600, { token_type: 'bearer' }),
    bad: invalidGrant('The refresh token was already used.'),
  },
  {
    id: 'pingfederate',
    sources: [
      'ten independent public files found by the string "/as/token.oauth2"',
    ],
    fill: { host: 'login.example.com' },
    demands: {
      url: 'https://login.example.com/as/token.oauth2',
      credentials: 'HTTP Basic',
      format: 'form',
    },
    // Rolling is off by default.
    good: accessOnly(7199),
    bad: invalidGrant('unknown, invalid, or expired refresh token'),
  },
  {
    id: 'pingone',
    sources: [
      'NangoHQ/nango: packages/providers/providers.yaml',
      'pingidentity/terraform-provider-pingone: docs/resources/application.md',
    ],
    fill: { tld: 'eu', envId: id },
    demands: {
      url: `https://auth.pingone.eu/${id}/as/token`,
      credentials: 'HTTP Basic',
      format: 'form',
    },
    good: newPair(3600),
    bad: invalidGrant(),
  },
  {
    id: 'zitadel',
    sources: [
      'zitadel/zitadel: apps/docs/content/apis/openidoauth/endpoints.mdx',
      'ten independent public files found by the string "zitadel.cloud/oauth/v2/token"',
    ],
    fill: { domain: 'acme-1a2b3c.zitadel.cloud' },
    demands: {
      url: 'https://acme-1a2b3c.zitadel.cloud/oauth/v2/token',
      credentials: 'HTTP Basic',
      format: 'form',
    },
    good: newPair(43_199),
    bad: invalidGrant(),
  },
  {
    id: 'google',
    sources: [
      'googleapis/google-auth-library-nodejs: src/auth/oauth2client.ts',
    ],
    demands: {
      url: 'https://oauth2.googleapis.com/token',
      credentials: 'in the body',
      format: 'form',
    },
    good: accessOnly(3599),
    bad: invalidGrant('Token has been expired or revoked.'),
  },
  {
    id: 'google-play',
    sources: ['NangoHQ/nango: packages/providers/providers.yaml'],
    demands: {
      url: 'https://oauth2.googleapis.com/token',
      credentials: 'in the body',
      format: 'form',
    },
    good: accessOnly(3599),
    bad: invalidGrant('Token has been expired or revoked.'),
  },
  {
    id: 'chrome-web-store',
    sources: ['fregante/chrome-webstore-upload: source/index.ts'],
    demands: {
      url: 'https://www.googleapis.com/oauth2/v4/token',
      credentials: 'in the body',
      format: 'form',
    },
    good: accessOnly(3599),
    bad: invalidGrant('Bad Request'),
  },
  {
    // The secret is optional in the tool.
    id: 'chrome-web-store',
    sources: ['fregante/chrome-webstore-upload: source/index.ts'],
    demands: {
      url: 'https://www.googleapis.com/oauth2/v4/token',
      credentials: 'client_id in the body',
      format: 'form',
    },
    good: accessOnly(3599),
    bad: invalidGrant('Bad Request'),
  },
]
