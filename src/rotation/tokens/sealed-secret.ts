import { object, text } from '../description.ts'

/** Safe to write down: only the store can open it. What is read back may be forged. */
export interface SealedSecret {
  /** The id of the store's key that it was sealed for. */
  readonly keyId: string
  /** Base64. */
  readonly encryptedValue: string
}

/** 48 KB, the most that GitHub stores in a secret, sealed and in base64. */
const MAX_CHARACTERS = 66_000

export const keyId = text(/^[\w.=+/-]{1,100}$/)

export const sealedSecret = object<SealedSecret>({
  keyId,
  encryptedValue: text(/^[A-Za-z0-9+/]+={0,2}$/, MAX_CHARACTERS),
})
