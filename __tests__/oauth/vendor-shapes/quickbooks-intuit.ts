import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://github.com/intuit/oauth-pythonclient/blob/6cb7c29/intuitlib/client.py
 * - https://github.com/IntuitDeveloper/OAuth2-Dotnet_UsingSDK/blob/master/docs/help/Tokens.md
 * - https://github.com/airbytehq/airbyte/issues/7296
 * - https://developer.intuit.com/app/developer/qbo/docs/develop/authentication-and-authorization/faq
 * - https://github.com/intuit/QuickBooks-V3-DotNET-SDK/releases/tag/V14.7.1.4
 */
export const shape: VendorShape = {
  refreshTokens: {
    // What becomes of the old one is told in two ways: it works for a day more, and
    // it dies at once.
    renewal: 'sometimes',
    endsUnused: '100 days',
    ends: '5 years',
  },
  exchanges: [
    {
      demands: {
        url: 'https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer',
        credentials: ['HTTP Basic'],
        format: 'form',
      },
      good: {
        ...newPair(3600, {
          token_type: 'bearer',
          x_refresh_token_expires_in: 8_726_400,
        }),
        refreshTokenLives: 8_726_400,
      },
      bad: invalidGrant('Incorrect or invalid refresh token'),
    },
  ],
}
