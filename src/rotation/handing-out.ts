import type { Issued } from './classify.ts'
import type { Course } from './course.ts'
import type { Failure } from './errors.ts'
import { recordLost } from './failures.ts'
import type { SealedSecret, SecretPlace, WriteResult } from './ports.ts'
import type { RotationRecord } from './record.ts'
import type { SecretValue } from './secret-value.ts'
import { mayWrite, writeWithNewKey } from './storing.ts'

/**
 * Steps 11 and 12: gives the access token to its places and closes the record.
 * What fails is returned, not thrown, and stays listed in the record.
 */
export async function handOut(
  course: Course,
  issued: Issued,
): Promise<Failure[]> {
  const { rotation } = course
  const { accessToken } = issued.tokens
  const pending = new Set(rotation.accessTokenPlaces)
  if (pending.size > 0 && !rotation.keepsOldAccessToken) {
    course.ports.job.info(
      'The old access token is taken to have ended with the refresh: it and the new one do not overlap.',
    )
  }
  const failures: Failure[] = []
  if (accessToken === undefined) {
    failures.push(...missing(course))
  } else {
    for (const place of rotation.accessTokenPlaces) {
      if (!(await mayWrite(course))) {
        failures.push(recordLost())
        break
      }
      const failure = await writeOne(course, place, accessToken)
      if (failure) failures.push(failure)
      else pending.delete(place)
    }
  }
  await close(course, issued, pending)
  return failures
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

async function writeOne(
  course: Course,
  place: SecretPlace,
  accessToken: SecretValue,
): Promise<Failure | undefined> {
  const { ports, progress } = course
  const write = (sealed: SealedSecret): Promise<WriteResult> =>
    place.write(sealed, () => mayWrite(course))
  let written = await write(place.seal(accessToken))
  if (written.kind === 'key-refused') {
    written = await writeWithNewKey(place, accessToken, write)
  }
  if (written.kind === 'written') {
    progress.mark(place, 'written')
    const verb = written.isNew ? 'Created' : 'Stored the access token in'
    ports.job.info(`${verb} the ${place.label}.`)
    return undefined
  }
  progress.mark(place, 'not written')
  const { code, what, remedy } = written.failure
  return {
    code,
    what: `The access token could not be stored. ${what}`,
    remedy: `${remedy} Then run the workflow again.`,
  }
}

/** The record says what is left to do. Written only when it says something new. */
async function close(
  course: Course,
  issued: Issued,
  pending: ReadonlySet<SecretPlace>,
): Promise<void> {
  const { register, rotation } = course
  const next: Partial<RotationRecord> = {
    ...(rotation.accessTokenPlaces.length > 0 && {
      pendingPlaces: [...pending].map(({ id }) => id),
    }),
    ...((await learnsIntrospection(course, issued)) && {
      knowsIntrospection: true,
    }),
  }
  if (Object.keys(next).length > 0) {
    await register.move((record) => ({ ...record, ...next }))
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
