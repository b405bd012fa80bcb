import type { Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/vercel/vercel/blob/17d9ebaf8e/packages/cli-auth/oauth.ts
 * - https://github.com/vercel/vercel/blob/17d9ebaf8e/packages/cli/src/util/client.ts
 * - https://vercel.com/.well-known/openid-configuration
 */
export const provider: Provider = {
  name: 'Vercel',
  documentation:
    'https://github.com/vercel/vercel/blob/main/packages/cli-auth/oauth.ts',
  issuer: 'https://vercel.com',
  clientAuthMethods: ['none'],
  rotationClass: 'strict',
  whoAmI: 'https://api.vercel.com/v2/user',
}
