import { toRotationError } from '../outcome/errors.ts'
import type { SecretPlace, WriteResult } from '../ports.ts'
import type { SealedSecret } from '../tokens/sealed-secret.ts'
import type { SecretValue } from '../tokens/secret-value.ts'

export interface Write {
  readonly sealed: SealedSecret
  /** To seal it again; the post step does not have it. */
  readonly value: SecretValue | undefined
  /** Asked before each repetition. */
  readonly mayRepeat: () => Promise<boolean>
  /** Told what is going to be written instead. */
  readonly onSealedAgain?: (sealed: SealedSecret) => void
}

/**
 * The write that steps share. The store may have got a new key since the
 * preflight: then once more with that one.
 */
export async function writeSecret(
  place: SecretPlace,
  { sealed, value, mayRepeat, onSealedAgain }: Write,
): Promise<WriteResult> {
  const written = await place.write(sealed, mayRepeat)
  if (written.kind !== 'key-refused' || value === undefined) return written
  try {
    await place.renewKey()
  } catch (thrown) {
    return { kind: 'refused', failure: toRotationError(thrown, 'unchanged') }
  }
  const again = place.seal(value)
  onSealedAgain?.(again)
  return place.write(again, mayRepeat)
}
