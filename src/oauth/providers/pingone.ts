import { DAY_SECONDS, pathSegment, type Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://github.com/pingidentity/terraform-provider-pingone/blob/cef5208a/docs/resources/application.md
 */
export const provider: Provider = {
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
}
