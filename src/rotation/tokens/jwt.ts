import type { JWTPayload } from 'jose'
import { decodeJwt } from 'jose/jwt/decode'

import type { SecretValue } from './secret-value.ts'

/** The year 5138: what is more than that was not meant in seconds. */
const MAX_EPOCH_SECONDS = 1e11

/**
 * The claims of a JWT that somebody else is going to verify. Nothing is verified
 * here: it is the server's word to itself.
 *
 * @returns no claims for what is no JWT
 */
export function readClaims(token: SecretValue): JWTPayload {
  try {
    return decodeJwt(token.reveal())
  } catch {
    return {}
  }
}

/**
 * When an access token says that it expires, if it is a JWT that says so; good
 * enough to plan by.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9068.html#section-2.2
 */
export function readExpiry(accessToken: SecretValue): Date | undefined {
  const exp: unknown = readClaims(accessToken).exp
  return typeof exp === 'number' && exp > 0 && exp < MAX_EPOCH_SECONDS
    ? new Date(exp * 1000)
    : undefined
}
