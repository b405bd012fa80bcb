import type { SecretValue } from './secret-value.ts'

/**
 * When an access token says that it expires, if it is a JWT that says so. Nothing
 * is verified: it is the server's word to itself, and good enough to plan by.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9068.html#section-2.2
 */
export function readExpiry(accessToken: SecretValue): Date | undefined {
  const [, payload, signature] = accessToken.reveal().split('.')
  if (payload === undefined || signature === undefined) return undefined
  try {
    const claims: unknown = JSON.parse(
      Buffer.from(payload, 'base64url').toString('utf8'),
    )
    const { exp } = claims as { exp?: unknown }
    const expiresAt = new Date(typeof exp === 'number' ? exp * 1000 : NaN)
    return Number.isNaN(expiresAt.getTime()) ? undefined : expiresAt
  } catch {
    return undefined
  }
}
