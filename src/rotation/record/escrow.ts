import type { Escrow, RotationRecord } from './record.ts'

/**
 * Puts the sealed copy of a token into the record. Unless what counts has moved
 * past the token that it replaces: then nobody needs it any more.
 */
export function depositEscrow(
  record: RotationRecord,
  escrow: Escrow,
): RotationRecord | undefined {
  return record.current === escrow.replaces ? { ...record, escrow } : undefined
}

/** Whether this very copy is in escrow. */
export function holdsEscrow(
  { escrow }: RotationRecord,
  { replaces, token, sealed }: Escrow,
): boolean {
  return (
    escrow?.replaces === replaces &&
    escrow.token === token &&
    escrow.sealed.keyId === sealed.keyId &&
    escrow.sealed.encryptedValue === sealed.encryptedValue
  )
}

/** The sealed copy is of no use any more. */
export function withoutEscrow(record: RotationRecord): RotationRecord {
  const { escrow: _escrow, ...rest } = record
  return rest
}
