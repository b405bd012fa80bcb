import type { Issued } from './classify.ts'
import { placeIds, type Course } from './course.ts'
import type { Failure } from './errors.ts'
import { cancelledBetweenPlaces, recordLost } from './failures.ts'
import type { SecretPlace, WriteResult } from './ports.ts'
import type { SealedSecret } from './sealed-secret.ts'
import type { SecretValue } from './secret-value.ts'
import { mayWrite, writeWithNewKey } from './storing.ts'
import { endHandOut } from './transitions.ts'

/** How far a hand-out came. What failed stays listed in the record. */
export interface HandedOut {
  readonly failures: readonly Failure[]
  /** A whole sentence, when something was put back or should have been. */
  readonly remark?: string
}

/**
 * Steps 11 and 12: gives the access token to its places and closes the record.
 * What fails is returned, not thrown.
 */
export async function handOut(
  course: Course,
  issued: Issued,
): Promise<HandedOut> {
  const { rotation, ports } = course
  const { accessToken } = issued.tokens
  const places = rotation.accessTokenPlaces
  if (places.length > 0 && !rotation.keepsOldAccessToken) {
    ports.job.info(
      'The old access token is taken to have ended with the refresh: it and the new one do not overlap.',
    )
  }
  if (accessToken === undefined) {
    const failures = missing(course)
    await close(course, issued, placeIds(rotation))
    return { failures }
  }
  const written = await writePlaces(course, places, accessToken)
  const previous = previousToken(course, written, accessToken)
  const remark = previous && (await putBack(course, written.done, previous))
  const left = places.filter((place) => !written.done.includes(place))
  const pending = previous ? places : left
  await close(
    course,
    issued,
    pending.map(({ id }) => id),
  )
  return {
    failures: written.failures,
    ...(remark !== undefined && { remark }),
  }
}

function missing({ rotation, ports }: Course): Failure[] {
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
  course: Course,
  places: readonly SecretPlace[],
  accessToken: SecretValue,
): Promise<Written> {
  const { ports, progress } = course
  const done: SecretPlace[] = []
  const failures: Failure[] = []
  for (const place of places) {
    const obstacle = await findObstacle(course)
    if (obstacle) {
      return { done, failures: [...failures, obstacle], isStopped: true }
    }
    const written = await write(course, place, accessToken)
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
async function findObstacle(course: Course): Promise<Failure | undefined> {
  if (course.ports.job.isCancelled()) return cancelledBetweenPlaces()
  return (await mayWrite(course)) ? undefined : recordLost()
}

async function write(
  course: Course,
  place: SecretPlace,
  accessToken: SecretValue,
): Promise<WriteResult> {
  const writeSealed = (sealed: SealedSecret): Promise<WriteResult> =>
    place.write(sealed, () => mayWrite(course))
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
  { rotation, tokens }: Course,
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
  course: Course,
  places: readonly SecretPlace[],
  previous: SecretValue,
): Promise<string> {
  const { ports, progress } = course
  const left = new Set(places)
  for (const place of places) {
    if (await findObstacle(course)) break
    const written = await write(course, place, previous)
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
  course: Course,
  issued: Issued,
  pendingPlaces: readonly string[],
): Promise<void> {
  const { register, rotation } = course
  const learned = (await learnsIntrospection(course, issued)) && {
    knowsIntrospection: true,
  }
  if (rotation.accessTokenPlaces.length > 0) {
    await register.move((record) => ({
      ...endHandOut(record, pendingPlaces),
      ...learned,
    }))
  } else if (learned) {
    await register.move((record) => ({ ...record, ...learned }))
  }
}

/**
 * Asks about the newest refresh token, which is alive for certain. A server that
 * says so is one whose "dead" can be believed later.
 */
async function learnsIntrospection(
  { register, ports, rotation }: Course,
  issued: Issued,
): Promise<boolean> {
  if (register.head?.record.knowsIntrospection !== false) return false
  const newest =
    issued.kind === 'rotated' ? issued.refreshToken : rotation.refreshToken
  return (await ports.authorizationServer.introspect(newest)) === 'alive'
}
