import type { SecretValue } from './secret-value.ts'

/** The year 5138: what is more than that was not meant in seconds. */
const MAX_EPOCH_SECONDS = 1e11

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
    return typeof exp === 'number' && exp > 0 && exp < MAX_EPOCH_SECONDS
      ? new Date(exp * 1000)
      : undefined
  } catch {
    return undefined
  }
}
