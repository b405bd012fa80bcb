import type { Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - public clients indexed by the string "platform.claude.com/v1/oauth/token" (10 independent files; no document of its own found)
 * - https://github.com/anthropics/claude-code/issues/27933
 * - https://github.com/anthropics/claude-code/issues/80585
 */
export const provider: Provider = {
  name: 'Anthropic (Claude subscription)',
  documentation: 'https://github.com/anthropics/claude-code/issues/27933',
  tokenEndpoint: 'https://platform.claude.com/v1/oauth/token',
  clientAuthMethods: ['none'],
  request: { format: 'json' },
  // A spent token is `404 not_found_error`.
  reply: { invalidGrantErrors: ['not_found_error'] },
  rotationClass: 'strict',
}
