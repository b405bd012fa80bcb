import sodium from 'libsodium-wrappers'

import type { SecretValue } from '../rotation/tokens/secret-value.ts'

export interface PublicKey {
  readonly keyId: string
  /** X25519, base64. */
  readonly key: string
}

/** Loads the cryptography, so that sealing is synchronous. */
export async function warmUp(): Promise<void> {
  await sodium.ready
}

/**
 * Seals a value so that only GitHub can open it (`crypto_box_seal`). Call
 * {@link warmUp} first.
 *
 * @returns the box in base64
 * @throws when the key is not an X25519 key in base64
 * @see https://docs.github.com/en/rest/guides/encrypting-secrets-for-the-rest-api
 */
export function seal(value: SecretValue, { key }: PublicKey): string {
  const { ORIGINAL } = sodium.base64_variants
  const box = sodium.crypto_box_seal(
    sodium.from_string(value.reveal()),
    sodium.from_base64(key, ORIGINAL),
  )
  return sodium.to_base64(box, ORIGINAL)
}
