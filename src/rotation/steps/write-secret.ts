import { toRotationError } from '../outcome/errors.ts'
import type { SecretPlace, WriteResult } from '../ports.ts'
import type { SealedSecret } from '../tokens/sealed-secret.ts'
import type { SecretValue } from '../tokens/secret-value.ts'

export interface Write {
  readonly sealed: SealedSecret
  /** To seal it again; unset in the post step. */
  readonly value: SecretValue | undefined
  /** Asked before each repetition. */
  readonly mayRepeat: () => Promise<boolean>
  /** Told what will be written instead. */
  readonly onSealedAgain?: (sealed: SealedSecret) => void
}

/** Writes once more when the store's key has changed since the preflight. */
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
