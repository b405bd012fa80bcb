/**
 * A value that only the secret store can open. Holds nothing secret, so it may be
 * written down; what is read back may have been written by somebody else.
 */
export interface SealedSecret {
  /** Names the key of the store that it was sealed for. */
  readonly keyId: string
  /** Base64. */
  readonly encryptedValue: string
}

const keyIdPattern = /^[\w.=+/-]{1,100}$/
/** Of 48 KB, which is the most that GitHub keeps, in base64 and in its box. */
const MOST_CHARACTERS = 66_000
const base64Pattern = /^[A-Za-z0-9+/]+={0,2}$/

export function isKeyId(value: unknown): value is string {
  return typeof value === 'string' && keyIdPattern.test(value)
}

/** @throws TypeError when it is none */
export function readSealedSecret(
  keyId: unknown,
  encryptedValue: unknown,
): SealedSecret {
  if (!isKeyId(keyId)) throw new TypeError('keyId')
  if (
    typeof encryptedValue !== 'string' ||
    encryptedValue.length > MOST_CHARACTERS ||
    !base64Pattern.test(encryptedValue)
  ) {
    throw new TypeError('encryptedValue')
  }
  return { keyId, encryptedValue }
}
