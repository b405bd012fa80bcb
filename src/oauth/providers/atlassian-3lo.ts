import { DAY_SECONDS, type Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://github.com/nextauthjs/next-auth/tree/a1a16a5a7/packages/core/src/providers
 * - https://developer.atlassian.com/cloud/oauth/getting-started/refresh-tokens
 * - https://community.developer.atlassian.com/t/updated-31-january-2022-action-required-deprecating-persistent-refresh-tokens/54172
 * - https://community.developer.atlassian.com/t/refresh-token-expire-after-36000-seconds/60806/2
 * - https://community.developer.atlassian.com/t/the-old-access-token-will-be-revoked-during-the-refresh-token-exchange/83103
 * - https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/ (its refresh-token table read as quoted in https://github.com/microsoft/generative-ai-for-beginners/issues/342)
 */
export const provider: Provider = {
  name: 'Atlassian (Jira, Confluence)',
  documentation:
    'https://developer.atlassian.com/cloud/oauth/getting-started/refresh-tokens',
  tokenEndpoint: 'https://auth.atlassian.com/oauth/token',
  clientAuthMethods: ['client_secret_post'],
  rotationClass: 'grace',
  graceSeconds: 540,
  refreshTokenIdleSeconds: 90 * DAY_SECONDS,
  refreshTokenAbsoluteSeconds: 365 * DAY_SECONDS,
  whoAmI: 'https://api.atlassian.com/oauth/token/accessible-resources',
}
