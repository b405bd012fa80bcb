import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://github.com/ory/hydra/blob/83127c575/fosite/handler/oauth2/flow_refresh.go
 * - https://github.com/ory/hydra/blob/83127c575/oauth2/handler.go
 * - https://github.com/ory/hydra/blob/83127c575/persistence/sql/persister_oauth2.go
 * - https://github.com/ory/docs/blob/14566745/docs/hydra/guides/graceful-token-refresh.mdx
 * - https://github.com/ory/hydra/blob/83127c575/spec/config.json
 * - https://github.com/ory/hydra/blob/83127c575/driver/config/provider.go
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'always',
    old: 'as configured',
    endsUnused: '720 hours',
  },
  exchanges: [
    {
      fill: { host: 'acme.projects.oryapis.com' },
      demands: {
        url: 'https://acme.projects.oryapis.com/oauth2/token',
        credentials: [
          'HTTP Basic',
          'in the body',
          'an assertion, signed with a key',
          'client_id in the body',
        ],
        format: 'form',
      },
      good: newPair(3600, { token_type: 'bearer' }),
      bad: invalidGrant('The refresh token was already used.'),
    },
  ],
}
