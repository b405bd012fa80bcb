import { newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - ten independent clients found by the string "platform.claude.com/v1/oauth/token"
 * - https://github.com/anthropics/claude-code/issues/27933 (404, nested error)
 * - https://github.com/anthropics/claude-code/issues/80585
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'always',
    old: 'dies',
  },
  exchanges: [
    {
      demands: {
        url: 'https://platform.claude.com/v1/oauth/token',
        credentials: ['client_id in the body'],
        format: 'json',
      },
      good: newPair(28_800),
      bad: {
        kind: 'invalid-grant',
        status: 404,
        body: {
          type: 'error',
          error: { type: 'not_found_error', message: 'Not found' },
        },
      },
    },
  ],
}
