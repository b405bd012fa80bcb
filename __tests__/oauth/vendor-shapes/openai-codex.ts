import { newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://github.com/openai/codex/blob/88b816c0/codex-rs/login/src/auth/util.rs
 * - https://github.com/router-for-me/CLIProxyAPI/issues/3783 (401, error object)
 * - https://github.com/openai/codex/issues/10332
 * - https://github.com/Lampese/codex-switcher/issues/37
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'always',
    old: 'dies',
  },
  exchanges: [
    {
      demands: {
        url: 'https://auth.openai.com/oauth/token',
        credentials: ['client_id in the body'],
        format: 'form',
      },
      good: newPair(864_000),
      bad: {
        kind: 'invalid-grant',
        status: 401,
        body: {
          error: {
            message: 'Your refresh token has already been used.',
            type: 'invalid_request_error',
            param: null,
            code: 'refresh_token_reused',
          },
        },
      },
    },
  ],
}
