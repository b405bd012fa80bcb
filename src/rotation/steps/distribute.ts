import {
  end,
  endUnlessTaken,
  ended,
  unlessCancelled,
  type Cleared,
  type Ended,
  type RotationContext,
  type Unfinished,
} from '../context.ts'
import type { Failure } from '../outcome/errors.ts'
import { cancelledBetweenPlaces, recordLost } from '../outcome/failures.ts'
import type { Distributed } from '../outcome/outcome.ts'
import type { SecretPlace, WriteResult } from '../ports.ts'
import { lastWriteIn } from '../readings.ts'
import type { Issued } from '../record/classify-exchange.ts'
import { claimForDistribution, endDistribution } from '../record/transitions.ts'
import { placeIds } from '../rotation.ts'
import type { SecretValue } from '../tokens/secret-value.ts'
import { mayWrite } from './fence.ts'
import { writeSecret } from './write-secret.ts'

/** Step 11: distributes the access token. Returns failures, and throws none. */
export async function distribute(
  context: RotationContext,
  issued: Issued,
): Promise<Distributed> {
  const { rotation, ports, lease } = context
  const { accessToken } = issued.tokens
  // As it is now: a run that loses the record meanwhile has no key in it any more.
  const { key } = lease
  const places = rotation.accessTokenPlaces
  if (places.length > 0 && !rotation.keepsOldAccessToken) {
    ports.job.info(
      'The old access token is assumed to have stopped working with the refresh: it and the new one do not overlap.',
    )
  }
  if (accessToken === undefined) {
    return {
      failures: missing(context),
      pendingPlaces: placeIds(rotation, key),
    }
  }
  const written = await writePlaces(context, places, accessToken)
  const previous = previousToken(context, written, accessToken)
  const remark = previous && (await putBack(context, written.done, previous))
  const left = places.filter((place) => !written.done.includes(place))
  const pending = previous ? places : left
  return {
    failures: written.failures,
    ...(remark !== undefined && { remark }),
    pendingPlaces: pending.map(({ id }) => key.state.nameOf(id)),
  }
}

/**
 * Writes the places that an earlier run has left. Sends nothing to the token endpoint,
 * so nothing can be lost and no write access has to be proven first.
 *
 * @returns undefined when the access token does not work: a rotation is due then
 */
export async function finishDistribution(
  context: RotationContext,
  { record, readings }: Cleared,
  { accessToken, places }: Unfinished,
): Promise<Ended | undefined> {
  const { ports, lease, rotation, progress, tokens } = context
  const checking = ports.healthCheck?.check(accessToken)
  const failure = checking && (await unlessCancelled(ports, checking))
  if (failure) {
    ports.job.info(
      `The access token of the last rotation does not work, so it is not distributed. ${failure.what}`,
    )
    tokens.distrustStored()
    return undefined
  }
  if (ports.job.isCancelled()) return end(context, 'cancelled')
  const taken = await lease.take(
    claimForDistribution(
      record,
      rotation.owner,
      ports.system.serverNow(),
      lastWriteIn(readings),
    ),
  )
  const refused = endUnlessTaken(context, taken)
  if (refused) return refused
  ports.job.info(
    'An earlier run did not distribute its access token to all places; doing that now.',
  )
  const { state } = lease.key
  const { done, failures } = await writePlaces(context, places, accessToken)
  const written = done.map(({ id }) => state.nameOf(id))
  const report = progress.distributed(failures)
  await lease.move((held) =>
    progress.noted(
      endDistribution(
        held,
        held.pendingPlaces.filter((id) => !written.includes(id)),
      ),
      report,
    ),
  )
  return ended(report)
}

function missing({ rotation, ports }: RotationContext): Failure[] {
  const failure: Failure = {
    code: 'ACCESS_TOKEN_MISSING',
    what: 'The token reply held no access token.',
    remedy: 'Run the workflow again to get one.',
  }
  ports.job.warning(failure.what)
  return rotation.accessTokenPlaces.length > 0 ? [failure] : []
}

interface Written {
  readonly done: readonly SecretPlace[]
  readonly failures: readonly Failure[]
  /** Before all were tried. */
  readonly isStopped: boolean
}

/** Writes the places one by one, as long as it may. */
async function writePlaces(
  context: RotationContext,
  places: readonly SecretPlace[],
  accessToken: SecretValue,
): Promise<Written> {
  const { ports, progress } = context
  const done: SecretPlace[] = []
  const failures: Failure[] = []
  for (const place of places) {
    const obstacle = await findObstacle(context)
    if (obstacle) {
      return { done, failures: [...failures, obstacle], isStopped: true }
    }
    const written = await write(context, place, accessToken)
    if (written.kind === 'written') {
      progress.mark(place, 'written')
      const verb = written.isNew ? 'Created' : 'Stored the access token in'
      ports.job.info(`${verb} the ${place.label}.`)
      done.push(place)
    } else {
      progress.mark(place, 'not written')
      failures.push(notDistributed(written.failure))
    }
  }
  return { done, failures, isStopped: false }
}

/** Why the next place may no longer be written. */
async function findObstacle(
  context: RotationContext,
): Promise<Failure | undefined> {
  if (context.ports.job.isCancelled()) return cancelledBetweenPlaces
  return (await mayWrite(context)) ? undefined : recordLost
}

function write(
  context: RotationContext,
  place: SecretPlace,
  accessToken: SecretValue,
): Promise<WriteResult> {
  return writeSecret(place, {
    sealed: place.seal(accessToken),
    value: accessToken,
    mayRepeat: () => mayWrite(context),
  })
}

function notDistributed({ code, what, remedy }: Failure): Failure {
  return {
    code,
    what: `The access token could not be stored. ${what}`,
    remedy: `${remedy} Then run the workflow again.`,
  }
}

/**
 * The previous access token, where the places written can get it back: when others
 * could not be written, and when it keeps working after the refresh.
 */
function previousToken(
  { rotation, tokens }: RotationContext,
  { done, failures, isStopped }: Written,
  accessToken: SecretValue,
): SecretValue | undefined {
  const isHalf = done.length > 0 && failures.length > 0 && !isStopped
  if (!isHalf || !rotation.keepsOldAccessToken) return undefined
  const previous = tokens.usableStored()?.token
  return previous?.equals(accessToken) ? undefined : previous
}

/** All places should hold the same token. Says in a sentence whether they do. */
async function putBack(
  context: RotationContext,
  places: readonly SecretPlace[],
  previous: SecretValue,
): Promise<string> {
  const { ports, progress } = context
  const left = new Set(places)
  for (const place of places) {
    if (await findObstacle(context)) break
    const written = await write(context, place, previous)
    if (written.kind !== 'written') continue
    progress.mark(place, 'put back')
    ports.job.info(`Put the previous access token back in the ${place.label}.`)
    left.delete(place)
  }
  const labels = [...left].map(({ label }) => label).join(', the ')
  return left.size === 0
    ? 'The previous access token was put back in the places already written, so all places hold the same one.'
    : `The previous access token could not be put back in the ${labels}, so the places do not all hold the same one.`
}
