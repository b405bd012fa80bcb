import type { Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/gitlabhq/gitlabhq/blob/0286e4c6/doc/api/personal_access_tokens.md
 */
export const provider: Provider = {
  name: 'GitLab personal, group and project access tokens',
  documentation:
    'https://docs.gitlab.com/api/personal_access_tokens/#rotate-a-personal-access-token',
  tokenEndpoint: 'https://{host}/api/v4/personal_access_tokens/self/rotate',
  placeholders: {
    host: {
      description: 'host of GitLab',
      example: 'gitlab.example.com',
      default: 'gitlab.com',
    },
  },
  clientAuthMethods: ['none'],
  request: { format: 'self-rotation' },
  reply: {
    refreshToken: 'token',
    accessToken: 'token',
    expiresAt: 'expires_at',
    refreshTokenExpiresAt: 'expires_at',
    hasNoTokenType: true,
    // Expired and revoked look the same.
    invalidGrantErrors: ['invalid_token'],
    invalidGrantStatuses: [401],
  },
  rotationClass: 'strict',
  whoAmI: 'https://{host}/api/v4/personal_access_tokens/self',
}
