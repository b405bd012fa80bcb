import { classify, type Issued, type Tries } from './classify.ts'
import {
  allPlaces,
  ended,
  unlessCancelled,
  type Course,
  type Ended,
  type Rotation,
} from './course.ts'
import { isInsideGrace } from './decide.ts'
import { RotationError, joinErrors, type Failure } from './errors.ts'
import { deadToken, inDoubt, recordLost } from './failures.ts'
import type { Opening } from './opening.ts'
import type { RefreshResult, SecretMetadata, SecretPlace } from './ports.ts'
import { look } from './readings.ts'
import { later } from './record.ts'
import { claim, unwind } from './transitions.ts'

/** Step 4: writes a probe secret in every store, one by one. */
async function proveWriteAccess(course: Course): Promise<void> {
  const { rotation, ports, progress } = course
  const stores = storesOf(rotation)
  await forEach(stores, (place) => place.probe())
  for (const place of allPlaces(rotation)) progress.mark(place, 'writable')
  ports.job.info(
    `Proved write access to the ${stores.map(({ store }) => store).join(', the ')}.`,
  )
}

async function removeProbes({ rotation }: Course): Promise<void> {
  await forEach(storesOf(rotation), (place) => place.removeProbe())
}

/** One place of each store. */
function storesOf(rotation: Rotation): SecretPlace[] {
  const places = allPlaces(rotation)
  return [...new Map(places.map((place) => [place.store, place])).values()]
}

/** Goes through all of them, and tells all that went wrong in one error. */
async function forEach(
  places: readonly SecretPlace[],
  act: (place: SecretPlace) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = []
  for (const place of places) {
    try {
      await act(place)
    } catch (thrown) {
      failures.push(thrown)
    }
  }
  if (failures.length > 0) throw joinErrors(failures, 'unchanged')
}

/** Step 5: takes the record from the very version that was read. */
export async function claimRecord(
  course: Course,
  opening: Opening,
): Promise<Ended | undefined> {
  const { register, ports, rotation, progress } = course
  const { system } = ports
  await leaveSecond(
    course,
    later(opening.secretUpdatedAt, opening.record.wrote),
  )
  const claimed = claim(
    opening.record,
    rotation.owner,
    system.serverNow(),
    opening.secretUpdatedAt,
    rotation.facts,
  )
  // What the claim needs is made beside the probe. It is also the proof that the
  // record can be written.
  const preparing = register.prepareToTake(claimed)
  await unlessCancelled(ports, proveWriteAccess(course))
  if (rotation.isDryRun || ports.job.isCancelled()) {
    await removeProbes(course)
    const failure = await preparing
    if (ports.job.isCancelled()) return ended(progress.cancelled())
    if (failure) throw new RotationError(failure, 'unchanged')
    return ended(progress.dryRun())
  }
  const [taken, removed] = await Promise.allSettled([
    register.take(claimed),
    removeProbes(course),
  ])
  if (taken.status === 'rejected') throw taken.reason
  if (removed.status === 'rejected') {
    if (taken.value.kind === 'moved') await giveBack(course)
    throw removed.reason
  }
  switch (taken.value.kind) {
    case 'moved':
      return undefined
    case 'not-ours':
      return ended(progress.skipped('busy'))
    case 'unreachable':
      throw new RotationError(taken.value.failure, 'unchanged')
  }
}

/**
 * `updated_at` has whole seconds. A write in the second of the claim could not be
 * told from the one before.
 */
async function leaveSecond({ ports }: Course, written: Date): Promise<void> {
  const end = (Math.floor(written.getTime() / 1000) + 1) * 1000
  const wait = end - ports.system.serverNow().getTime()
  if (wait > 0 && wait <= 1000) await ports.system.sleep(wait)
}

/** The authorization server has answered with tokens. */
export interface Refreshed {
  readonly kind: 'refreshed'
  readonly issued: Issued
  /** The secret as it was seen while the request was on its way. */
  readonly looking: Promise<SecretMetadata | undefined>
}

/** Step 6: one token request, and another one only where the protocol says so. */
export async function refresh(
  course: Course,
  { needsGrace }: Opening,
): Promise<Refreshed | Ended> {
  const { rotation, ports, register, progress } = course
  const { facts, refreshToken } = rotation
  const tries = { notSent: 0, limited: 0, inDoubt: 0, nonces: 0 }
  for (;;) {
    if (tries.inDoubt === 0 && ports.job.isCancelled()) {
      await giveBack(course)
      return ended(progress.cancelled())
    }
    const ours = await register.confirm(ports.journal.hasPostStarted())
    if (ours.kind !== 'moved') return lostBeforeSending(course, tries)
    const isGraceOver = !isInsideGrace(
      register.record,
      ports.system.serverNow(),
      facts.graceSeconds,
    )
    if (isGraceOver && tries.inDoubt > 0 && facts.rotationClass === 'grace') {
      return stayInDoubt(course, 'the grace period is over')
    }
    if (isGraceOver && needsGrace) {
      await giveBack(course)
      return ended(progress.skipped('cooling'))
    }

    progress.credentialState = 'unknown'
    ports.journal.announce()
    const looking = look(rotation.refreshTokenPlace.inspectOnce())
    const result = await ports.authorizationServer.refresh(refreshToken)
    count(tries, result)
    const after = classify(
      result,
      refreshToken,
      tries,
      facts,
      register.record,
      ports.system.serverNow(),
    )
    switch (after.kind) {
      case 'rotated':
      case 'not-rotated':
        return { kind: 'refreshed', issued: after, looking }
      case 'repeat':
        await ports.system.sleep(after.pauseMilliseconds)
        break
      case 'unspent':
        // An earlier request of this run may have been processed after all.
        if (tries.inDoubt > 0) return stayInDoubt(course, after.failure.what)
        return unspent(course, after.failure)
      case 'dead':
        return dead(course, after.answer)
      case 'in-doubt':
        return stayInDoubt(course, after.answer)
    }
  }
}

function count(
  tries: { -readonly [K in keyof Tries]: Tries[K] },
  result: RefreshResult,
): void {
  if (result.kind === 'not-sent') tries.notSent += 1
  if (result.kind === 'in-doubt') tries.inDoubt += 1
  if (result.kind !== 'refused') return
  if (result.reason === 'limit') tries.limited += 1
  if (result.reason === 'nonce') tries.nonces += 1
}

/** Gives the claim back; nothing was spent under it. */
async function giveBack({ register, ports }: Course): Promise<void> {
  const moved = await register.move(unwind)
  if (moved.kind !== 'moved') {
    ports.job.info(
      'The claim could not be given back; the next run finds that out.',
    )
  }
}

function lostBeforeSending(course: Course, { inDoubt: count }: Tries): Ended {
  if (count > 0) return stayInDoubt(course, 'another run took over')
  throw new RotationError(recordLost(), 'unchanged')
}

async function unspent(course: Course, failure: Failure): Promise<never> {
  course.progress.credentialState = 'unchanged'
  await giveBack(course)
  throw new RotationError(failure, 'unchanged')
}

/** The claim stays: the next run judges what became of the token. */
function stayInDoubt({ rotation }: Course, answer: string): never {
  throw new RotationError(
    inDoubt(rotation.refreshTokenPlace, answer),
    'unknown',
  )
}

/** The token is not accepted. Unless another run has replaced it, that is final. */
async function dead(course: Course, answer: string): Promise<Ended> {
  const { register, progress, rotation } = course
  const head = await register.readAgain()
  const isReplaced =
    head !== undefined &&
    (!register.isHeld || head.record.escrow?.replaces === head.record.current)
  if (isReplaced) return ended(progress.skipped('stale'))
  await register.block({
    credentialState: 'lost',
    code: 'REAUTHORIZATION_REQUIRED',
  })
  throw new RotationError(deadToken(rotation.refreshTokenPlace, answer), 'lost')
}
