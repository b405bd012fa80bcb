import { object, text } from '../description.ts'

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

/** Of 48 KB, which is the most that GitHub keeps, in base64 and in its box. */
const MAX_CHARACTERS = 66_000

export const keyId = text(/^[\w.=+/-]{1,100}$/)

export const sealedSecret = object<SealedSecret>({
  keyId,
  encryptedValue: text(/^[A-Za-z0-9+/]+={0,2}$/, MAX_CHARACTERS),
})
