import { newPair, type VendorShape } from '../vendor-shape.ts'

/**
 * Read 2026-11:
 * - https://github.com/jfrog/jfrog-client-go/blob/0f2168d0/access/services/accesstoken.go
 * - https://github.com/jfrog/jfrog-client-go/blob/0f2168d0/artifactory/services/security.go
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'always',
  },
  exchanges: [
    {
      fill: { host: 'acme.jfrog.io' },
      demands: {
        url: 'https://acme.jfrog.io/access/api/v1/tokens',
        credentials: ['none'],
        format: 'json',
        parameters: { refreshable: true },
      },
      good: newPair(3600, { scope: 'applied-permissions/user' }),
      // What it says of a dead token was not found, so nothing is made of it.
      bad: {
        kind: 'indeterminate',
        status: 401,
        body: { errors: [{ code: 'UNAUTHORIZED', message: 'Invalid token' }] },
      },
    },
  ],
}
