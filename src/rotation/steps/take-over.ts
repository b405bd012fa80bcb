import {
  cleared,
  end,
  endUnlessTaken,
  ended,
  toEvidence,
  type Cleared,
  type Ended,
  type RotationContext,
  type TakeOverDue,
} from '../context.ts'
import { RotationError } from '../outcome/errors.ts'
import { escrowed, notStored } from '../outcome/failures.ts'
import type { Introspection } from '../ports.ts'
import { lastWriteIn, type Readings } from '../readings.ts'
import { restAfter } from '../record/cooling.ts'
import { examine } from '../record/examine.ts'
import { commit, takeOver, withoutEscrow } from '../record/transitions.ts'
import { placeIds } from '../rotation.ts'

/** Step 3, with a dead owner: takes, then judges; until taken, it could still act. */
export async function takeRecordOver(
  context: RotationContext,
  before: Readings,
  { isOverride, mayOwnerLive }: TakeOverDue,
): Promise<Cleared | Ended> {
  const { lease, ports, rotation } = context
  ports.job.info(
    'An earlier run did not finish; taking over the record to find out what became of the token.',
  )
  const taken = await lease.take(
    takeOver(lease.record, {
      owner: rotation.owner,
      now: ports.system.serverNow(),
      secretUpdatedAt: lastWriteIn(before),
      cooling: rotation.facts,
      mayOwnerLive,
      isOverride,
    }),
  )
  const refused = endUnlessTaken(context, taken)
  if (refused) return refused
  return judge(context, {
    ...before,
    secret: await rotation.refreshTokenPlace.inspect(),
  })
}

async function judge(
  context: RotationContext,
  readings: Readings,
): Promise<Cleared | Ended> {
  const { lease, ports, progress, rotation } = context
  let introspection: Introspection | undefined
  for (;;) {
    const examination = examine(
      lease.record,
      toEvidence(context, readings),
      rotation.facts,
      introspection,
    )
    switch (examination.kind) {
      case 'introspect':
        introspection = await ports.authorizationServer.introspect(
          rotation.refreshToken,
        )
        break
      case 'go-on': {
        const { record, needsGrace } = examination
        return cleared(record, readings, { needsGrace })
      }
      case 'restore':
        return restoreEscrow(context)
      case 'adopt':
        return adopt(context, readings)
      case 'skip':
        return end(context, `skipped-${examination.reason}`)
      case 'block': {
        const { credentialState, code } = examination
        await lease.block({ credentialState, code })
        return ended(progress.blocked())
      }
    }
  }
}

/** The secret already holds the right token. */
async function adopt(
  context: RotationContext,
  readings: Readings,
): Promise<Cleared | Ended> {
  const { lease, ports, rotation } = context
  // An owner that only looks dead may have a write of the secret under way, which is
  // harmless as long as nothing newer is there.
  const until = restAfter(lease.record, rotation.facts)
  const restUntil =
    until !== undefined && ports.system.serverNow() < until ? until : undefined
  const moved = await lease.move((record) =>
    commit(record, {
      token: readings.presented,
      pendingPlaces: placeIds(rotation),
      ...(restUntil && { restUntil }),
    }),
  )
  if (moved.kind !== 'moved') return end(context, 'skipped-busy')
  ports.job.info(
    'The earlier run had stored a new refresh token; the record is now up to date.',
  )
  if (restUntil) return end(context, 'adopted')
  return cleared(lease.record, readings, { isAdopted: true })
}

/** Writes the sealed copy from the record, unopened. */
async function restoreEscrow(context: RotationContext): Promise<Ended> {
  const { lease, progress, ports, rotation } = context
  const { refreshTokenPlace: place } = rotation
  const { escrow } = lease.record
  if (escrow === undefined) throw new TypeError('nothing in escrow')
  const ours = await lease.confirm(false)
  if (ours.kind !== 'moved') return end(context, 'skipped-busy')
  const written = await place.write(
    escrow.sealed,
    async () => (await lease.confirm(true)).kind === 'moved',
  )
  if (written.kind === 'written') {
    await lease.move((record) =>
      commit(record, {
        token: escrow.token,
        wrote: written.at,
        pendingPlaces: placeIds(rotation),
      }),
    )
    progress.mark(place, 'written')
    ports.job.info(
      `Stored the sealed copy from the record in the ${place.label}.`,
    )
    return end(context, 'recovered-escrow')
  }
  progress.mark(place, 'not written')
  // GitHub no longer has the key that it was sealed for, and no other copy exists.
  const isVoid =
    written.kind === 'key-refused' &&
    (await place.isSealedForOldKey(escrow.sealed))
  const credentialState = isVoid ? 'lost' : 'escrowed'
  await lease.block(
    { credentialState, code: written.failure.code },
    isVoid ? withoutEscrow : undefined,
  )
  throw new RotationError(
    isVoid
      ? notStored(written.failure, place)
      : escrowed(written.failure, place.restoreCommand(escrow.sealed)),
    credentialState,
  )
}
