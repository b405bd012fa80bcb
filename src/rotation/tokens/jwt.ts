import type { JWTPayload } from 'jose'
import { decodeJwt } from 'jose/jwt/decode'

import type { SecretValue } from './secret-value.ts'

/** The year 5138: a larger number was not meant in seconds. */
const MAX_EPOCH_SECONDS = 1e11

/** Unverified, which is up to the recipient of the JWT; empty when it is not a JWT. */
export function readClaims(token: SecretValue): JWTPayload {
  try {
    return decodeJwt(token.reveal())
  } catch {
    return {}
  }
}

/**
 * When an access token, if it is a JWT, says that it expires; good enough to plan by.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9068.html#section-2.2
 */
export function readExpiry(accessToken: SecretValue): Date | undefined {
  const exp: unknown = readClaims(accessToken).exp
  return typeof exp === 'number' && exp > 0 && exp < MAX_EPOCH_SECONDS
    ? new Date(exp * 1000)
    : undefined
}
