import { DAY_SECONDS, oneOf, type Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://developers.docusign.com/platform/auth/reference/obtain-access-token
 * - https://docs.cortezaproject.org/corteza-docs/2020.6/ext/docusign/about.html
 * - https://www.volcengine.com/article/3402631 (translated Q&A)
 */
export const provider: Provider = {
  name: 'DocuSign',
  documentation:
    'https://developers.docusign.com/platform/auth/reference/obtain-access-token',
  tokenEndpoint: 'https://{account}.docusign.com/oauth/token',
  userinfoEndpoint: 'https://{account}.docusign.com/oauth/userinfo',
  placeholders: {
    account: oneOf('account, or account-d for demo', ['account', 'account-d']),
  },
  clientAuthMethods: ['client_secret_basic'],
  rotationClass: 'strict',
  refreshTokenAbsoluteSeconds: 30 * DAY_SECONDS,
}
