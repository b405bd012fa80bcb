import { newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://github.com/tl-its-umich-edu/remote-office-hours-queue/issues/363
 * - https://github.com/anthropics/knowledge-work-plugins/blob/HEAD/partner-built/zoom-plugin/skills/oauth/concepts/token-lifecycle.md
 * - https://github.com/anthropics/knowledge-work-plugins/blob/HEAD/partner-built/zoom-plugin/skills/oauth/SKILL.md
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'always',
    old: 'dies',
    endsUnused: '90 days',
  },
  exchanges: [
    {
      demands: {
        url: 'https://zoom.us/oauth/token',
        credentials: ['HTTP Basic'],
        format: 'form',
      },
      good: newPair(3599, {
        token_type: 'bearer',
        api_url: 'https://api.zoom.us',
      }),
      bad: {
        kind: 'invalid-grant',
        status: 400,
        body: { reason: 'Invalid Token!', error: 'invalid_grant' },
      },
    },
  ],
}
