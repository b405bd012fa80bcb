import type { Issued } from '../record/classify-exchange.ts'
import { placeIds, type RotationContext } from '../context.ts'
import type { Failure } from '../outcome/errors.ts'
import { cancelledBetweenPlaces, recordLost } from '../outcome/failures.ts'
import type { SecretPlace, WriteResult } from '../ports.ts'
import type { SealedSecret } from '../tokens/sealed-secret.ts'
import type { SecretValue } from '../tokens/secret-value.ts'
import { mayWrite, writeWithNewKey } from './store.ts'
import { endDistribution } from '../record/transitions.ts'

/** How far a hand-out came. What failed stays listed in the record. */
export interface Distribution {
  readonly failures: readonly Failure[]
  /** A whole sentence, when something was put back or should have been. */
  readonly remark?: string
}

/**
 * Steps 11 and 12: gives the access token to its places and closes the record.
 * What fails is returned, not thrown.
 */
export async function distribute(
  context: RotationContext,
  issued: Issued,
): Promise<Distribution> {
  const { rotation, ports } = context
  const { accessToken } = issued.tokens
  const places = rotation.accessTokenPlaces
  if (places.length > 0 && !rotation.keepsOldAccessToken) {
    ports.job.info(
      'The old access token is taken to have ended with the refresh: it and the new one do not overlap.',
    )
  }
  if (accessToken === undefined) {
    const failures = missing(context)
    await close(context, issued, placeIds(rotation))
    return { failures }
  }
  const written = await writePlaces(context, places, accessToken)
  const previous = previousToken(context, written, accessToken)
  const remark = previous && (await putBack(context, written.done, previous))
  const left = places.filter((place) => !written.done.includes(place))
  const pending = previous ? places : left
  await close(
    context,
    issued,
    pending.map(({ id }) => id),
  )
  return {
    failures: written.failures,
    ...(remark !== undefined && { remark }),
  }
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

/** Goes through the places one by one, as long as it may. */
export async function writePlaces(
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
      failures.push(notHandedOut(written.failure))
    }
  }
  return { done, failures, isStopped: false }
}

/** Why the next place may not be written any more. */
async function findObstacle(
  context: RotationContext,
): Promise<Failure | undefined> {
  if (context.ports.job.isCancelled()) return cancelledBetweenPlaces()
  return (await mayWrite(context)) ? undefined : recordLost()
}

async function write(
  context: RotationContext,
  place: SecretPlace,
  accessToken: SecretValue,
): Promise<WriteResult> {
  const writeSealed = (sealed: SealedSecret): Promise<WriteResult> =>
    place.write(sealed, () => mayWrite(context))
  const written = await writeSealed(place.seal(accessToken))
  return written.kind === 'key-refused'
    ? writeWithNewKey(place, accessToken, writeSealed)
    : written
}

function notHandedOut({ code, what, remedy }: Failure): Failure {
  return {
    code,
    what: `The access token could not be stored. ${what}`,
    remedy: `${remedy} Then run the workflow again.`,
  }
}

/**
 * The access token of before, where the places that are written can get it back:
 * when others could not be written, and when it works on after the refresh.
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

/** All places are to hold the same. Says in a sentence whether they do. */
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
    ? 'What had been written got the previous access token back, so that all places hold the same one.'
    : `The previous access token could not be put back in the ${labels}, so the places do not all hold the same one.`
}

/** The record says what is left to do. Written only when it says something new. */
async function close(
  context: RotationContext,
  issued: Issued,
  pendingPlaces: readonly string[],
): Promise<void> {
  const { lease, rotation } = context
  const learned = (await learnsIntrospection(context, issued)) && {
    knowsIntrospection: true,
  }
  if (rotation.accessTokenPlaces.length > 0) {
    await lease.move((record) => ({
      ...endDistribution(record, pendingPlaces),
      ...learned,
    }))
  } else if (learned) {
    await lease.move((record) => ({ ...record, ...learned }))
  }
}

/**
 * Asks about the newest refresh token, which is alive for certain. A server that
 * says so is one whose "inactive" can be believed later.
 */
async function learnsIntrospection(
  { lease, ports, rotation }: RotationContext,
  issued: Issued,
): Promise<boolean> {
  if (lease.head?.record.knowsIntrospection !== false) return false
  const newest =
    issued.kind === 'rotated' ? issued.refreshToken : rotation.refreshToken
  return (await ports.authorizationServer.introspect(newest)) === 'active'
}
