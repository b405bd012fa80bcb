import { oneOf, type Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://developer.amazon.com/docs/amazon-data-portability/use-refresh-token.html
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://rubydoc.info/gems/peddler/Peddler/LWAToken
 * - https://developer.amazon.com/docs/login-with-amazon/refresh-token.html
 */
export const provider: Provider = {
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
}
