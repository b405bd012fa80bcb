import type { Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - public clients indexed by the string CLIENT_ID app_EMoamEEZ73f0CkXaXp7hrann (10 independent files)
 * - https://github.com/openai/codex/issues/10332
 * - https://github.com/router-for-me/CLIProxyAPI/issues/3783
 * - https://github.com/Lampese/codex-switcher/issues/37
 * - https://github.com/openai/codex/blob/88b816c0/codex-rs/login/src/auth/util.rs
 * - https://github.com/openai/codex/blob/409afc20/codex-rs/login/src/auth/revoke.rs
 */
export const provider: Provider = {
  name: 'OpenAI (ChatGPT sign-in)',
  documentation: 'https://github.com/openai/codex/issues/10332',
  tokenEndpoint: 'https://auth.openai.com/oauth/token',
  clientAuthMethods: ['none'],
  rotationClass: 'strict',
  keepsOldAccessToken: true,
}
