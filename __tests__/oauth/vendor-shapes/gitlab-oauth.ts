import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://github.com/gitlabhq/gitlabhq/blob/04b8ef13/doc/api/oauth2.md
 * - https://github.com/doorkeeper-gem/doorkeeper/blob/d0cd44a7/lib/doorkeeper/oauth/refresh_token_request.rb
 * - https://github.com/doorkeeper-gem/doorkeeper/blob/d0cd44a7/lib/doorkeeper/models/access_token_mixin.rb
 * - https://github.com/doorkeeper-gem/doorkeeper/blob/d0cd44a7/lib/doorkeeper/oauth/token.rb
 * - https://github.com/doorkeeper-gem/doorkeeper/blob/d0cd44a7/lib/doorkeeper/orm/active_record/mixins/access_token.rb
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'always',
    old: 'dies',
  },
  exchanges: [
    {
      fill: { host: 'gitlab.example.com' },
      add: [['redirect_uri', 'https://app.example.com/callback']],
      demands: {
        url: 'https://gitlab.example.com/oauth/token',
        credentials: ['in the body', 'HTTP Basic', 'client_id in the body'],
        format: 'form',
        parameters: { redirect_uri: 'https://app.example.com/callback' },
      },
      good: newPair(7200, { token_type: 'bearer', created_at: 1_607_635_748 }),
      bad: invalidGrant(
        'The provided authorization grant is invalid, expired, or revoked.',
      ),
    },
  ],
}
