import {
  classifyExchange,
  type Issued,
  type Tries,
} from '../record/classify-exchange.ts'
import {
  allPlaces,
  ended,
  unlessCancelled,
  type RotationContext,
  type Ended,
  type Rotation,
} from '../context.ts'
import { isInsideGrace } from '../record/decide.ts'
import { RotationError, joinErrors, type Failure } from '../outcome/errors.ts'
import { invalidGrant, indeterminate, recordLost } from '../outcome/failures.ts'
import type { Opening } from './decide.ts'
import type { RefreshResult, SecretMetadata, SecretPlace } from '../ports.ts'
import { look } from './read.ts'
import { later } from '../record/record.ts'
import { claim, release } from '../record/transitions.ts'

/** Step 4: writes a probe secret in every store, one by one. */
async function proveWriteAccess(context: RotationContext): Promise<void> {
  const { rotation, ports, progress } = context
  const stores = storesOf(rotation)
  await forEach(stores, (place) => place.probe())
  for (const place of allPlaces(rotation)) progress.mark(place, 'writable')
  ports.job.info(
    `Proved write access to the ${stores.map(({ store }) => store).join(', the ')}.`,
  )
}

async function removeProbes({ rotation }: RotationContext): Promise<void> {
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
  context: RotationContext,
  opening: Opening,
): Promise<Ended | undefined> {
  const { lease, ports, rotation, progress } = context
  const { system } = ports
  await leaveSecond(
    context,
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
  const preparing = lease.prepareToTake(claimed)
  await unlessCancelled(ports, proveWriteAccess(context))
  if (rotation.isDryRun || ports.job.isCancelled()) {
    await removeProbes(context)
    const failure = await preparing
    if (ports.job.isCancelled()) return ended(progress.cancelled())
    if (failure) throw new RotationError(failure, 'unchanged')
    return ended(progress.dryRun())
  }
  const [taken, removed] = await Promise.allSettled([
    lease.take(claimed),
    removeProbes(context),
  ])
  if (taken.status === 'rejected') throw taken.reason
  if (removed.status === 'rejected') {
    if (taken.value.kind === 'moved') await releaseClaim(context)
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
async function leaveSecond(
  { ports }: RotationContext,
  written: Date,
): Promise<void> {
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
  context: RotationContext,
  { needsGrace }: Opening,
): Promise<Refreshed | Ended> {
  const { rotation, ports, lease, progress } = context
  const { facts, refreshToken } = rotation
  const tries = { notSent: 0, limited: 0, indeterminate: 0, nonces: 0 }
  for (;;) {
    if (tries.indeterminate === 0 && ports.job.isCancelled()) {
      await releaseClaim(context)
      return ended(progress.cancelled())
    }
    const ours = await lease.confirm(ports.journal.hasPostStarted())
    if (ours.kind !== 'moved') return lostBeforeSending(context, tries)
    const isGraceOver = !isInsideGrace(
      lease.record,
      ports.system.serverNow(),
      facts.graceSeconds,
    )
    if (
      isGraceOver &&
      tries.indeterminate > 0 &&
      facts.rotationClass === 'grace'
    ) {
      return endIndeterminate(context, 'the grace period is over')
    }
    if (isGraceOver && needsGrace) {
      await releaseClaim(context)
      return ended(progress.skipped('cooling'))
    }

    progress.credentialState = 'unknown'
    ports.journal.announce()
    const looking = look(rotation.refreshTokenPlace.inspectOnce())
    const result = await ports.authorizationServer.refresh(refreshToken)
    count(tries, result)
    const after = classifyExchange(
      result,
      refreshToken,
      tries,
      facts,
      lease.record,
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
        if (tries.indeterminate > 0)
          return endIndeterminate(context, after.failure.what)
        return unspent(context, after.failure)
      case 'invalid-grant':
        return endInvalidGrant(context, after.answer)
      case 'indeterminate':
        return endIndeterminate(context, after.answer)
    }
  }
}

function count(
  tries: { -readonly [K in keyof Tries]: Tries[K] },
  result: RefreshResult,
): void {
  if (result.kind === 'not-sent') tries.notSent += 1
  if (result.kind === 'indeterminate') tries.indeterminate += 1
  if (result.kind !== 'refused') return
  if (result.reason === 'limit') tries.limited += 1
  if (result.reason === 'nonce') tries.nonces += 1
}

/** Gives the claim back; nothing was spent under it. */
async function releaseClaim({ lease, ports }: RotationContext): Promise<void> {
  const moved = await lease.move(release)
  if (moved.kind !== 'moved') {
    ports.job.info(
      'The claim could not be given back; the next run finds that out.',
    )
  }
}

function lostBeforeSending(
  context: RotationContext,
  { indeterminate: count }: Tries,
): Ended {
  if (count > 0) return endIndeterminate(context, 'another run took over')
  throw new RotationError(recordLost(), 'unchanged')
}

async function unspent(
  context: RotationContext,
  failure: Failure,
): Promise<never> {
  context.progress.credentialState = 'unchanged'
  await releaseClaim(context)
  throw new RotationError(failure, 'unchanged')
}

/** The claim stays: the next run judges what became of the token. */
function endIndeterminate(
  { rotation }: RotationContext,
  answer: string,
): never {
  throw new RotationError(
    indeterminate(rotation.refreshTokenPlace, answer),
    'unknown',
  )
}

/** The token is not accepted. Unless another run has replaced it, that is final. */
async function endInvalidGrant(
  context: RotationContext,
  answer: string,
): Promise<Ended> {
  const { lease, progress, rotation } = context
  const head = await lease.readAgain()
  const isReplaced =
    head !== undefined &&
    (!lease.isHeld || head.record.escrow?.replaces === head.record.current)
  if (isReplaced) return ended(progress.skipped('stale'))
  await lease.block({
    credentialState: 'lost',
    code: 'REAUTHORIZATION_REQUIRED',
  })
  throw new RotationError(
    invalidGrant(rotation.refreshTokenPlace, answer),
    'lost',
  )
}
