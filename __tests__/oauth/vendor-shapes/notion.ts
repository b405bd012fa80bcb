import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://developers.notion.com/reference/refresh-a-token
 * - https://github.com/makenotion/notion-sdk-js/blob/9060802/src/api-endpoints/oauth.ts
 * - https://nango.dev/blog/notion-oauth-refresh-token-invalid-grant
 * - https://github.com/makenotion/notion-cookbook/pull/1
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'always',
    old: 'dies',
  },
  exchanges: [
    {
      demands: {
        url: 'https://api.notion.com/v1/oauth/token',
        credentials: ['HTTP Basic'],
        format: 'json',
      },
      good: newPair(undefined, {
        token_type: 'bearer',
        bot_id: 'b',
        workspace_id: 'w',
        duplicated_template_id: null,
      }),
      bad: invalidGrant(),
    },
  ],
}
