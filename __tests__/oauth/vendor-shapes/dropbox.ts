import { accessOnly, invalidGrant, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://github.com/dropbox/dropbox-sdk-js/blob/HEAD/src/auth.js
 * - https://github.com/golang/oauth2/blob/89ff2e1/internal/token.go (header and body at once are refused)
 * - https://dropbox.tech/developers/using-oauth-2-0-with-offline-access
 * - https://www.github.com/kunalvarma05/dropbox-php-sdk/issues/200
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'never',
    old: 'lives on',
  },
  exchanges: [
    {
      demands: {
        url: 'https://api.dropboxapi.com/oauth2/token',
        credentials: ['HTTP Basic', 'in the body', 'client_id in the body'],
        format: 'form',
      },
      good: accessOnly(14_400, { token_type: 'bearer' }),
      bad: invalidGrant('refresh token is invalid or revoked'),
    },
  ],
}
