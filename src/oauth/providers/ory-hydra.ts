import { DAY_SECONDS, type Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://github.com/ory/hydra/blob/83127c575/persistence/sql/persister_oauth2.go
 * - https://github.com/ory/hydra/blob/83127c575/fosite/handler/oauth2/flow_refresh.go
 * - https://github.com/ory/docs/blob/14566745/docs/hydra/guides/graceful-token-refresh.mdx
 * - https://github.com/ory/hydra/blob/83127c575/spec/config.json
 * - https://github.com/ory/hydra/blob/83127c575/driver/config/provider.go
 * - https://github.com/ory/hydra/blob/83127c575/oauth2/handler.go
 */
export const provider: Provider = {
  name: 'Ory Hydra, Ory Network',
  documentation: 'https://www.ory.com/docs/hydra/guides/graceful-token-refresh',
  tokenEndpoint: 'https://{host}/oauth2/token',
  userinfoEndpoint: 'https://{host}/userinfo',
  placeholders: {
    host: {
      description: 'host of the server',
      example: 'acme.projects.oryapis.com',
    },
  },
  clientAuthMethods: [
    'client_secret_basic',
    'client_secret_post',
    'private_key_jwt',
    'none',
  ],
  rotationClass: 'strict',
  refreshTokenIdleSeconds: 30 * DAY_SECONDS,
}
