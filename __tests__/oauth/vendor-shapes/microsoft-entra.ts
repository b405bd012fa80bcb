import { invalidGrant, newPair, type VendorShape } from '../vendor-shape.ts'

const uuid = '0a1b2c3d-0000-4000-8000-0123456789ab'

/**
 * Read 2026-11:
 * - https://github.com/MicrosoftDocs/entra-docs/blob/0c1ac842/docs/identity-platform/v2-oauth2-auth-code-flow.md
 * - https://github.com/MicrosoftDocs/entra-docs/blob/1c46dd74/docs/identity-platform/refresh-tokens.md
 */
export const shape: VendorShape = {
  refreshTokens: {
    renewal: 'always',
    old: 'lives on',
    endsUnused: '90 days',
  },
  exchanges: [
    {
      fill: { tenant: 'contoso.onmicrosoft.com' },
      demands: {
        url: 'https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token',
        credentials: [
          'in the body',
          'HTTP Basic',
          'an assertion, signed with a key',
          'an ID token',
          'client_id in the body',
        ],
        format: 'form',
      },
      good: newPair(3599, { scope: 'User.Read' }),
      bad: invalidGrant('AADSTS70000: the refresh token is not valid', {
        error_codes: [70_000],
        trace_id: uuid,
        correlation_id: uuid,
      }),
    },
  ],
}
