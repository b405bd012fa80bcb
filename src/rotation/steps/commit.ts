import type { RotationContext } from '../context.ts'
import { recordLost } from '../outcome/failures.ts'
import type { Outcome } from '../outcome/outcome.ts'
import type { JournalEntry } from '../ports.ts'
import type { Issued } from '../record/classify-exchange.ts'
import type { Moved } from '../record/lease.ts'
import type { RotationRecord } from '../record/record.ts'
import {
  claimForDistribution,
  commit,
  toCommitted,
} from '../record/transitions.ts'
import { placeIds } from '../rotation.ts'

/**
 * Step 9: makes the new token current, and keeps the record until the access token is
 * distributed.
 *
 * @param restUntil set by the post step, which distributes nothing
 */
export async function commitStored(
  context: RotationContext,
  entry: JournalEntry,
  restUntil?: Date,
): Promise<Moved['kind']> {
  const { lease, keys, ports } = context
  const moved = await lease.move((record) => {
    const next = commit(record, toCommitted(entry, keys))
    return restUntil
      ? noted(context, { ...next, restUntil }, 'recovered-journal')
      : hold(context, record, next, 'rotated')
  })
  if (moved.kind === 'unreachable') {
    // The journal says that the secret is written; the post step tries again.
    ports.job.warning(
      `The record could not be written, so the next run has to find out that the token is stored. ${moved.failure.what} ${moved.failure.remedy}`,
    )
    return moved.kind
  }
  ports.journal.delete()
  if (moved.kind === 'not-ours') ports.job.warning(recordLost.what)
  return moved.kind
}

/** The same without a new refresh token: the stored one remains current. */
export async function commitUnrotated(
  context: RotationContext,
  issued: Issued,
): Promise<Moved['kind']> {
  const { ports, keys, progress, lease, rotation, tokens } = context
  const { accessToken } = issued.tokens
  if (accessToken) ports.job.mask(accessToken, 'The new access token')
  progress.credentialState = 'unchanged'
  const known = tokens.know(issued.tokens)
  const { kind } = await lease.move((record) => {
    const next = commit(record, {
      token: record.current,
      spent: keys.spent,
      pendingPlaces: placeIds(rotation, keys),
      ...known,
    })
    return hold(context, record, next, 'not-rotated')
  })
  return kind
}

/** No other run may distribute another access token before this one has. */
function hold(
  context: RotationContext,
  { claim }: RotationRecord,
  next: RotationRecord,
  outcome: Issued['kind'],
): RotationRecord {
  const { rotation, ports } = context
  const { owner, accessTokenPlaces } = rotation
  return claim && accessTokenPlaces.length > 0
    ? claimForDistribution(
        next,
        owner,
        ports.system.serverNow(),
        claim.updatedAt,
      )
    : noted(context, next, outcome)
}

/** Without places this is the last transition of the run. */
function noted(
  { progress }: RotationContext,
  record: RotationRecord,
  outcome: Outcome,
): RotationRecord {
  const { credentialState } = progress
  return progress.noted(record, { outcome, credentialState })
}
