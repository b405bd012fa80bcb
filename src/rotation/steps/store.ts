import type { Issued } from '../record/classify-exchange.ts'
import { placeIds, type RotationContext } from '../context.ts'
import { RotationError, toRotationError } from '../outcome/errors.ts'
import { changedMeanwhile, recordLost } from '../outcome/failures.ts'
import type {
  JournalEntry,
  SecretMetadata,
  SecretPlace,
  WriteResult,
} from '../ports.ts'
import type { RotationRecord } from '../record/record.ts'
import type { Moved } from '../record/lease.ts'
import { blockLost, escrowToken } from './escrow.ts'
import type { SealedSecret } from '../tokens/sealed-secret.ts'
import type { SecretValue } from '../tokens/secret-value.ts'
import { claimForDistribution, commit } from '../record/transitions.ts'

/**
 * Step 7: masks, so that nothing can show a token, seals, and writes the sealed
 * copy to the disk of the machine. Nothing else may happen before that.
 */
export function keep(
  context: RotationContext,
  issued: Extract<Issued, { kind: 'rotated' }>,
): JournalEntry {
  const { ports, progress, lease, rotation, tokens } = context
  const { refreshToken } = issued
  const { accessToken } = issued.tokens
  progress.credentialState = 'lost'
  ports.job.mask(refreshToken)
  if (accessToken) ports.job.mask(accessToken)
  const { current, salt, claim } = lease.record
  const known = tokens.know(issued.tokens)
  const entry: JournalEntry = {
    nonce: rotation.owner.nonce,
    replaces: current,
    token: ports.system.fingerprint(refreshToken, salt),
    sealed: rotation.refreshTokenPlace.seal(refreshToken),
    updatedAt: claim?.updatedAt ?? new Date(0),
    heldSince: claim?.heldSince ?? ports.system.serverNow(),
    pendingPlaces: placeIds(rotation),
    ...known,
  }
  try {
    ports.journal.write(entry)
    progress.credentialState = 'journaled'
  } catch {
    // A full disk must not keep the token from its secret.
  }
  return entry
}

/** Whether somebody wrote the secret after the claim. */
export function isWrittenMeanwhile(
  { updatedAt }: JournalEntry,
  looked: SecretMetadata | undefined,
): boolean {
  return looked !== undefined && looked.updatedAt > updatedAt
}

/** A person's grant stays where it is; what this run holds is printed, sealed. */
export async function yieldToPerson(
  { lease, rotation, ports }: RotationContext,
  entry: JournalEntry,
): Promise<never> {
  const place = rotation.refreshTokenPlace
  await lease.move((record) => committed(record, entry))
  ports.journal.delete()
  throw new RotationError(
    changedMeanwhile(place, place.restoreCommand(entry.sealed)),
    'unknown',
  )
}

/**
 * Whether this run may still write the secret.
 *
 * @param isAgain the write before may have landed, and somebody may have used it
 */
export async function mayWrite(
  { lease, ports }: RotationContext,
  isAgain = false,
): Promise<boolean> {
  const ours = await lease.confirm(isAgain || ports.journal.hasPostStarted())
  switch (ours.kind) {
    case 'moved':
      return true
    case 'not-ours':
      return false
    case 'unreachable':
      // Nobody takes the record from a run that is alive before its lease is over.
      return !lease.isLeaseOver()
  }
}

/**
 * Step 8: writes the secret, alone and before anything else.
 *
 * @param token to seal it again when GitHub has got another key; the post step
 * does not have it
 * @throws RotationError when the token could not be stored
 */
export async function store(
  context: RotationContext,
  entry: JournalEntry,
  token?: SecretValue,
): Promise<JournalEntry> {
  const { ports, progress, rotation } = context
  const place = rotation.refreshTokenPlace
  let kept = entry
  let written = await place.write(kept.sealed, () => mayWrite(context, true))
  if (written.kind === 'key-refused' && token !== undefined) {
    written = await writeWithNewKey(place, token, (sealed) => {
      kept = { ...kept, sealed }
      writeJournal(context, kept)
      return place.write(sealed, () => mayWrite(context, true))
    })
  }
  if (written.kind !== 'written') {
    progress.mark(place, 'not written')
    // Without the token nobody can seal it for GitHub's new key.
    const isVoid =
      written.kind === 'key-refused' &&
      token === undefined &&
      (await place.isSealedForOldKey(kept.sealed))
    return isVoid
      ? blockLost(context, written.failure)
      : escrowToken(context, kept, written.failure)
  }
  progress.mark(place, 'written')
  progress.credentialState = 'stored'
  const stored = { ...kept, wrote: written.at }
  writeJournal(context, stored)
  ports.job.info(`Stored the new refresh token in the ${place.label}.`)
  if (written.isNew) {
    ports.job.warning(
      `The ${place.label} had been deleted meanwhile and was created again.`,
    )
  }
  return stored
}

/** The store may have got a new key since the preflight: once more with that one. */
export async function writeWithNewKey(
  place: SecretPlace,
  value: SecretValue,
  write: (sealed: SealedSecret) => Promise<WriteResult>,
): Promise<WriteResult> {
  try {
    await place.renewKey()
  } catch (thrown) {
    return { kind: 'refused', failure: toRotationError(thrown, 'unchanged') }
  }
  return write(place.seal(value))
}

/**
 * Step 9: the record says that the new token counts, and is ours until the access
 * token is handed out.
 *
 * @param restUntil set by the post step, which hands nothing out
 */
export async function commitStored(
  context: RotationContext,
  entry: JournalEntry,
  restUntil?: Date,
): Promise<Moved['kind']> {
  const { lease, ports } = context
  const moved = await lease.move((record) => {
    const next = committed(record, entry)
    return restUntil ? { ...next, restUntil } : hold(context, record, next)
  })
  if (moved.kind === 'unreachable') {
    // The journal says that the secret is written; the post step tries again.
    ports.job.warning(
      `The record could not be written, so the next run has to find out that the token is stored. ${moved.failure.what} ${moved.failure.remedy}`,
    )
    return moved.kind
  }
  ports.journal.delete()
  if (moved.kind === 'not-ours') ports.job.warning(recordLost().what)
  return moved.kind
}

/** The same when no new refresh token came: the stored one still counts. */
export async function commitUnrotated(
  context: RotationContext,
  issued: Issued,
): Promise<Moved['kind']> {
  const { ports, progress, lease, rotation, tokens } = context
  const { accessToken } = issued.tokens
  if (accessToken) ports.job.mask(accessToken)
  progress.credentialState = 'unchanged'
  const known = tokens.know(issued.tokens)
  const { kind } = await lease.move((record) => {
    const next = commit(record, {
      token: record.current,
      pendingPlaces: placeIds(rotation),
      ...known,
    })
    return hold(context, record, next)
  })
  return kind
}

/** Nobody else is to hand out another access token before this run has. */
function hold(
  { rotation, ports }: RotationContext,
  { claim }: RotationRecord,
  next: RotationRecord,
): RotationRecord {
  const { owner, accessTokenPlaces } = rotation
  return claim && accessTokenPlaces.length > 0
    ? claimForDistribution(
        next,
        owner,
        ports.system.serverNow(),
        claim.updatedAt,
      )
    : next
}

function committed(
  record: RotationRecord,
  entry: JournalEntry,
): RotationRecord {
  const {
    nonce: _nonce,
    replaces: _replaces,
    sealed: _sealed,
    updatedAt: _updatedAt,
    heldSince: _heldSince,
    ...known
  } = entry
  return commit(record, known)
}

function writeJournal({ ports }: RotationContext, entry: JournalEntry): void {
  try {
    ports.journal.write(entry)
  } catch {
    // The entry before it still stands, and the secret is what counts.
  }
}
