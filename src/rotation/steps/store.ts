import type { RotationContext } from '../context.ts'
import { RotationError } from '../outcome/errors.ts'
import { changedMeanwhile, recordLost } from '../outcome/failures.ts'
import type { JournalEntry, SecretMetadata } from '../ports.ts'
import { commit, toCommitted } from '../record/transitions.ts'
import type { SecretValue } from '../tokens/secret-value.ts'
import { blockLost, escrowToken } from './escrow.ts'
import { mayWrite } from './fence.ts'
import { writeSecret } from './write-secret.ts'

/**
 * Step 8: writes the secret, alone and before anything else, unless a person was faster
 * or the record is no longer ours.
 *
 * @param looked the secret, as seen during the token request
 * @throws RotationError when the token could not be stored
 */
export async function storeRefreshToken(
  context: RotationContext,
  entry: JournalEntry,
  looked: SecretMetadata | undefined,
  refreshToken: SecretValue,
): Promise<JournalEntry> {
  if (isWrittenMeanwhile(entry, looked)) {
    return yieldToPerson(context, entry)
  }
  return (await mayWrite(context))
    ? writeRefreshToken(context, entry, refreshToken)
    : escrowToken(context, entry, recordLost)
}

export function isWrittenMeanwhile(
  { updatedAt }: JournalEntry,
  looked: SecretMetadata | undefined,
): boolean {
  return looked !== undefined && looked.updatedAt > updatedAt
}

/** A person's grant stays; the token of this run is printed, sealed. */
async function yieldToPerson(
  { lease, keys, rotation, ports, progress }: RotationContext,
  entry: JournalEntry,
): Promise<never> {
  const place = rotation.refreshTokenPlace
  const failure = changedMeanwhile(
    place,
    place.restoreCommand(entry.heir.sealed),
  )
  await lease.move((record) =>
    progress.noted(commit(record, toCommitted(entry, keys)), {
      outcome: 'failed',
      errorCode: failure.code,
      credentialState: 'unknown',
    }),
  )
  ports.journal.delete()
  throw new RotationError(failure, 'unknown')
}

/**
 * @param refreshToken to seal it again when GitHub's key has changed; unset in the post
 * step
 * @throws RotationError when the token could not be stored
 */
export async function writeRefreshToken(
  context: RotationContext,
  entry: JournalEntry,
  refreshToken?: SecretValue,
): Promise<JournalEntry> {
  const { ports, progress, rotation } = context
  const place = rotation.refreshTokenPlace
  let kept = entry
  const began = ports.system.elapsedMilliseconds()
  const written = await writeSecret(place, {
    sealed: entry.heir.sealed,
    value: refreshToken,
    mayRepeat: () => mayWrite(context, true),
    onSealedAgain: (sealed) => {
      const { sequence } = kept.heir
      kept = { ...kept, heir: context.lease.toEscrow({ sequence, sealed }) }
      updateJournal(context, kept)
    },
  })
  if (written.kind !== 'written') {
    progress.mark(place, 'not written')
    // Without the token, it cannot be sealed for GitHub's new key.
    const isVoid =
      written.kind === 'key-refused' &&
      refreshToken === undefined &&
      (await place.isSealedForOldKey(kept.heir.sealed))
    return isVoid
      ? blockLost(context, written.failure)
      : escrowToken(context, kept, written.failure)
  }
  progress.mark(place, 'written')
  progress.measure('store', ports.system.elapsedMilliseconds() - began)
  progress.credentialState = 'stored'
  const stored = { ...kept, wrote: written.at }
  updateJournal(context, stored)
  ports.job.info(`Stored the new refresh token in the ${place.label}.`)
  if (written.isNew) {
    ports.job.warning(
      `The ${place.label} was deleted in the meantime and has been created again.`,
    )
  }
  return stored
}

function updateJournal(
  { ports, keys }: RotationContext,
  entry: JournalEntry,
): void {
  try {
    ports.journal.write(entry, keys.journal)
  } catch {
    // The previous entry still stands, and the secret is what counts.
  }
}
