import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://github.com/discord/discord-api-docs/blob/c98d64bc/developers/topics/oauth2.mdx
 * - https://github.com/discord/discord-api-docs/issues/5942
 * - https://github.com/member-gentei/member-gentei/issues/18
 * - https://github.com/discord/discord-api-docs/blob/c98d64bc/developers/discord-social-sdk/development-guides/account-linking-with-discord.mdx
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'always',
    old: 'dies',
  },
  exchanges: [
    {
      demands: {
        url: 'https://discord.com/api/oauth2/token',
        credentials: ['HTTP Basic', 'in the body'],
        format: 'form',
      },
      good: newPair(604_800, { scope: 'identify' }),
      bad: invalidGrant('Invalid "refresh_token" in request.'),
    },
  ],
}
