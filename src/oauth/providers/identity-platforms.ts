import type { Placeholder, Provider } from '../provider.ts'
import { DAY_SECONDS, pathSegment } from './placeholders.ts'

const host: Placeholder = {
  description: 'host of the server',
  example: 'login.example.com',
}

/** Servers that sign users in for many applications. */
export const identityPlatforms: readonly Provider[] = [
  {
    id: 'adobe-ims',
    name: 'Adobe IMS',
    documentation:
      'https://developer.adobe.com/developer-console/docs/guides/authentication/UserAuthentication/ims',
    tokenEndpoint: 'https://ims-na1.adobelogin.com/ims/token/v3',
    userinfoEndpoint: 'https://ims-na1.adobelogin.com/ims/userinfo/v2',
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    request: { hasPublicClientInQuery: true },
    rotationClass: 'strict',
    refreshTokenIdleSeconds: 14 * DAY_SECONDS,
  },
  {
    id: 'auth0',
    name: 'Auth0',
    documentation:
      'https://auth0.com/docs/secure/tokens/refresh-tokens/refresh-token-rotation',
    tokenEndpoint: 'https://{domain}/oauth/token',
    userinfoEndpoint: 'https://{domain}/userinfo',
    placeholders: {
      domain: {
        description: 'domain of the tenant, or its custom domain',
        example: 'acme.eu.auth0.com',
      },
    },
    clientAuthMethods: [
      'client_secret_post',
      'client_secret_basic',
      'private_key_jwt',
      'none',
    ],
    rotationClass: 'strict',
    refreshTokenIdleSeconds: 30 * DAY_SECONDS,
    refreshTokenAbsoluteSeconds: 30 * DAY_SECONDS,
  },
  {
    id: 'aws-cognito',
    name: 'Amazon Cognito user pools',
    documentation:
      'https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-refresh-token.html',
    tokenEndpoint: 'https://{domain}/oauth2/token',
    userinfoEndpoint: 'https://{domain}/oauth2/userInfo',
    placeholders: {
      domain: {
        description: 'domain of the user pool',
        example: 'acme.auth.eu-west-1.amazoncognito.com',
      },
    },
    clientAuthMethods: [],
    rotationClass: 'strict',
    refreshTokenAbsoluteSeconds: 30 * DAY_SECONDS,
  },
  {
    id: 'keycloak',
    name: 'Keycloak',
    documentation:
      'https://www.keycloak.org/docs/latest/server_admin/#_timeouts',
    tokenEndpoint:
      'https://{host}/realms/{realm}/protocol/openid-connect/token',
    introspectionEndpoint:
      'https://{host}/realms/{realm}/protocol/openid-connect/token/introspect',
    userinfoEndpoint:
      'https://{host}/realms/{realm}/protocol/openid-connect/userinfo',
    placeholders: {
      host: {
        description: 'host of the server, with the path in front of /realms',
        example: 'sso.example.com',
        pattern: /[A-Za-z0-9][A-Za-z0-9.-]*(?::\d{1,5})?(?:\/[A-Za-z0-9_-]+)*/,
      },
      realm: pathSegment('realm', 'acme'),
    },
    clientAuthMethods: [
      'client_secret_basic',
      'client_secret_post',
      'private_key_jwt',
      'client_secret_jwt',
      'tls_client_auth',
      'github_oidc',
      'none',
    ],
    rotationClass: 'strict',
  },
  {
    id: 'microsoft-entra',
    name: 'Microsoft Entra ID',
    documentation:
      'https://learn.microsoft.com/en-us/entra/identity-platform/refresh-tokens',
    tokenEndpoint:
      'https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token',
    placeholders: {
      tenant: pathSegment(
        'id or domain of the tenant, or common, organizations or consumers',
        'contoso.onmicrosoft.com',
      ),
    },
    clientAuthMethods: [
      'client_secret_post',
      'client_secret_basic',
      'private_key_jwt',
      'github_oidc',
      'none',
    ],
    rotationClass: 'non-rotating',
    refreshTokenIdleSeconds: 90 * DAY_SECONDS,
    whoAmI: 'https://graph.microsoft.com/v1.0/me',
  },
  {
    id: 'okta',
    name: 'Okta (custom authorization server)',
    documentation:
      'https://developer.okta.com/docs/guides/refresh-tokens/main/',
    tokenEndpoint: 'https://{domain}/oauth2/{authServerId}/v1/token',
    introspectionEndpoint:
      'https://{domain}/oauth2/{authServerId}/v1/introspect',
    userinfoEndpoint: 'https://{domain}/oauth2/{authServerId}/v1/userinfo',
    placeholders: {
      domain: {
        description: 'Okta domain',
        example: 'acme.okta.com',
      },
      authServerId: {
        ...pathSegment(
          'id of the authorization server',
          'aus9o8wzkhckw9TLa0h7',
        ),
        default: 'default',
      },
    },
    clientAuthMethods: ['client_secret_basic', 'none'],
    rotationClass: 'strict',
    refreshTokenIdleSeconds: 7 * DAY_SECONDS,
  },
  {
    id: 'okta-org',
    name: 'Okta (org authorization server)',
    documentation:
      'https://developer.okta.com/docs/guides/refresh-tokens/main/',
    tokenEndpoint: 'https://{domain}/oauth2/v1/token',
    introspectionEndpoint: 'https://{domain}/oauth2/v1/introspect',
    userinfoEndpoint: 'https://{domain}/oauth2/v1/userinfo',
    placeholders: {
      domain: {
        description: 'Okta domain',
        example: 'acme.okta.com',
      },
    },
    clientAuthMethods: ['client_secret_basic', 'none'],
    rotationClass: 'strict',
    refreshTokenAbsoluteSeconds: 90 * DAY_SECONDS,
  },
  {
    id: 'onelogin',
    name: 'OneLogin',
    documentation:
      'https://github.com/onelogin/onelogin-python-sdk/blob/master/docs/ConfigurationOidc.md',
    tokenEndpoint: 'https://{subdomain}.onelogin.com/oidc/2/token',
    userinfoEndpoint: 'https://{subdomain}.onelogin.com/oidc/2/me',
    placeholders: {
      subdomain: { description: 'OneLogin subdomain', example: 'acme' },
    },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    rotationClass: 'strict',
  },
  {
    id: 'ory-hydra',
    name: 'Ory Hydra, Ory Network',
    documentation:
      'https://www.ory.com/docs/hydra/guides/graceful-token-refresh',
    tokenEndpoint: 'https://{host}/oauth2/token',
    userinfoEndpoint: 'https://{host}/userinfo',
    placeholders: {
      host: { ...host, example: 'acme.projects.oryapis.com' },
    },
    clientAuthMethods: [
      'client_secret_basic',
      'client_secret_post',
      'private_key_jwt',
      'none',
    ],
    rotationClass: 'strict',
    refreshTokenIdleSeconds: 30 * DAY_SECONDS,
  },
  {
    id: 'pingfederate',
    name: 'PingFederate',
    documentation:
      'https://registry.terraform.io/providers/pingidentity/pingfederate/latest/docs/resources/oauth_server_settings',
    tokenEndpoint: 'https://{host}/as/token.oauth2',
    placeholders: { host },
    clientAuthMethods: [],
    rotationClass: 'strict',
  },
  {
    id: 'pingone',
    name: 'PingOne',
    documentation:
      'https://registry.terraform.io/providers/pingidentity/pingone/latest/docs/resources/application',
    tokenEndpoint: 'https://auth.pingone.{tld}/{envId}/as/token',
    userinfoEndpoint: 'https://auth.pingone.{tld}/{envId}/as/userinfo',
    placeholders: {
      tld: {
        description: 'end of the domain of the region',
        example: 'eu',
        default: 'com',
      },
      envId: pathSegment(
        'id of the environment',
        '0a1b2c3d-0000-4000-8000-0123456789ab',
      ),
    },
    clientAuthMethods: [
      'client_secret_basic',
      'client_secret_post',
      'client_secret_jwt',
      'private_key_jwt',
      'none',
    ],
    rotationClass: 'strict',
    refreshTokenAbsoluteSeconds: 180 * DAY_SECONDS,
  },
  {
    id: 'zitadel',
    name: 'Zitadel',
    documentation:
      'https://help.zitadel.com/how-to-enable-and-receive-refresh-tokens',
    tokenEndpoint: 'https://{domain}/oauth/v2/token',
    userinfoEndpoint: 'https://{domain}/oidc/v1/userinfo',
    placeholders: {
      domain: {
        description: 'domain of the instance',
        example: 'acme-1a2b3c.zitadel.cloud',
      },
    },
    clientAuthMethods: [
      'client_secret_basic',
      'client_secret_post',
      'private_key_jwt',
      'none',
    ],
    rotationClass: 'strict',
  },
]
