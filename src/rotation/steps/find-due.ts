import {
  ended,
  unlessCancelled,
  type RotationContext,
  type Ended,
} from '../context.ts'
import { RotationError } from '../outcome/errors.ts'
import { writePlaces } from './distribute.ts'
import type { Opening } from './decide.ts'
import type { SecretPlace } from '../ports.ts'
import type { RotationRecord } from '../record/record.ts'
import type { SecretValue } from '../tokens/secret-value.ts'
import { claimForDistribution, endDistribution } from '../record/transitions.ts'

/** What an earlier run has left: its access token, and who has not got it. */
export interface Unfinished {
  readonly accessToken: SecretValue
  readonly places: readonly SecretPlace[]
}

/**
 * Whether the hand-out of the last rotation can be finished without another one:
 * its access token is at hand and good for long enough, and nothing is in doubt.
 */
export function findUnfinished(
  { rotation, lease, tokens }: RotationContext,
  record: RotationRecord,
): Unfinished | undefined {
  const places = pendingPlaces(rotation.accessTokenPlaces, record)
  const last = tokens.goodLast()
  const isWanted = !rotation.isForced && !rotation.isDryRun
  const isSettled =
    record.phase === 'idle' &&
    // A new grant has an access token of its own.
    record.current === lease.head?.record.current
  return places.length > 0 && last && isSettled && isWanted
    ? { accessToken: last.token, places }
    : undefined
}

/** Those that are still to be written; what is not configured any more is not. */
export function pendingPlaces(
  configured: readonly SecretPlace[],
  record: RotationRecord,
): SecretPlace[] {
  return configured.filter(({ id }) => record.pendingPlaces.includes(id))
}

/**
 * Writes the places that an earlier run has left. Nothing is sent to the token
 * endpoint, so no write access has to be proven first: nothing can be lost.
 *
 * @returns undefined when the access token does not work: a rotation is due then
 */
export async function finishDistribution(
  context: RotationContext,
  { record, secretUpdatedAt }: Opening,
  { accessToken, places }: Unfinished,
): Promise<Ended | undefined> {
  const { ports, lease, rotation, progress, tokens } = context
  const checking = ports.healthCheck?.check(accessToken)
  const failure = checking && (await unlessCancelled(ports, checking))
  if (failure) {
    ports.job.info(
      `The access token of the last rotation does not work, so it is not handed out. ${failure.what}`,
    )
    tokens.distrustStored()
    return undefined
  }
  if (ports.job.isCancelled()) return ended(progress.cancelled())
  const taken = await lease.take(
    claimForDistribution(
      record,
      rotation.owner,
      ports.system.serverNow(),
      secretUpdatedAt,
    ),
  )
  if (taken.kind === 'not-ours') return ended(progress.skipped('busy'))
  if (taken.kind === 'unreachable') {
    throw new RotationError(taken.failure, 'unchanged')
  }
  ports.job.info(
    'An earlier run did not hand its access token out everywhere; doing that now.',
  )
  const { done, failures } = await writePlaces(context, places, accessToken)
  const written = done.map(({ id }) => id)
  await lease.move((held) =>
    endDistribution(
      held,
      held.pendingPlaces.filter((id) => !written.includes(id)),
    ),
  )
  return ended(progress.finished(failures))
}
