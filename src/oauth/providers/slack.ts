import type { Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://docs.slack.dev/authentication/using-token-rotation
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://github.com/golang/oauth2/blob/89ff2e1/endpoints/endpoints.go
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/shared/lib/clients/provider.client.ts
 */
export const provider: Provider = {
  name: 'Slack',
  documentation: 'https://docs.slack.dev/authentication/using-token-rotation',
  tokenEndpoint: 'https://slack.com/api/oauth.v2.access',
  clientAuthMethods: ['client_secret_post'],
  reply: { clientErrors: ['bad_client_secret', 'invalid_client_id'] },
  rotationClass: 'strict',
}
