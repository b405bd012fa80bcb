import type { RotationContext } from '../context.ts'
import type { JournalEntry } from '../ports.ts'
import type { Issued } from '../record/classify-exchange.ts'
import { placeIds } from '../rotation.ts'

/**
 * Step 7: masks, so that nothing can show a token, seals, and writes the sealed copy to
 * the disk of the machine. Nothing else may happen before that.
 */
export function writeJournal(
  context: RotationContext,
  issued: Extract<Issued, { kind: 'rotated' }>,
): JournalEntry {
  const { ports, keys, progress, lease, rotation, tokens } = context
  const { refreshToken } = issued
  const { accessToken } = issued.tokens
  progress.credentialState = 'lost'
  ports.job.mask(refreshToken, 'The new refresh token')
  if (accessToken) ports.job.mask(accessToken, 'The new access token')
  const { sequence, claim } = lease.record
  const successor = ports.keyring.of(refreshToken)
  lease.inherit(successor)
  const known = tokens.know(issued.tokens)
  const entry: JournalEntry = {
    nonce: rotation.owner.nonce,
    heir: lease.toEscrow({
      sequence,
      sealed: rotation.refreshTokenPlace.seal(refreshToken),
    }),
    updatedAt: claim?.updatedAt ?? new Date(0),
    heldSince: claim?.heldSince ?? ports.system.serverNow(),
    pendingPlaces: placeIds(rotation, successor),
    ...known,
  }
  try {
    ports.journal.write(entry, keys.journal)
    progress.credentialState = 'journaled'
  } catch {
    // A full disk must not keep the token from its secret.
  }
  return entry
}
