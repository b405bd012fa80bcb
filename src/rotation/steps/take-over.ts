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
import type { Readings } from '../readings.ts'
import { examine } from '../record/examine.ts'
import { commit, endClaim, withoutEscrow } from '../record/transitions.ts'
import { placeIds } from '../rotation.ts'
import { blockRecord } from './block-record.ts'

/** Step 3, with a dead owner: takes, then judges; until taken, it could still act. */
export async function takeRecordOver(
  context: RotationContext,
  before: Readings,
  { record }: TakeOverDue,
): Promise<Cleared | Ended> {
  const { lease, ports, rotation } = context
  ports.job.info(
    'An earlier run did not finish; taking over the record to find out what became of the token.',
  )
  const taken = await lease.take(record)
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
        const moved = await blockRecord(context, { credentialState, code })
        return endUnlessTaken(context, moved) ?? ended(progress.blocked())
      }
    }
  }
}

/** The secret holds the token of the record that has just begun, still. */
async function adopt(
  context: RotationContext,
  readings: Readings,
): Promise<Cleared | Ended> {
  const { lease, ports } = context
  const moved = await lease.move(endClaim)
  const refused = endUnlessTaken(context, moved)
  if (refused) return refused
  ports.job.info(
    'The record did not know the refresh token in the secret; from now on it does.',
  )
  return cleared(lease.record, readings, { isAdopted: true })
}

/** Writes the sealed copy from the record, unopened. */
async function restoreEscrow(context: RotationContext): Promise<Ended> {
  const { lease, keys, progress, ports, rotation } = context
  const { refreshTokenPlace: place } = rotation
  const [heir] = lease.view.heirs
  if (heir === undefined) throw new TypeError('nothing in escrow')
  const { escrow, lane } = heir
  lease.inherit(lane)
  const ours = await lease.confirm(false)
  const refused = endUnlessTaken(context, ours)
  if (refused) return refused
  const written = await place.write(
    escrow.sealed,
    async () => (await lease.confirm(true)).kind === 'moved',
  )
  if (written.kind === 'written') {
    await lease.move((record) =>
      progress.noted(
        commit(record, {
          token: escrow.token,
          spent: keys.spent,
          wrote: written.at,
          pendingPlaces: placeIds(rotation, lane),
        }),
        { outcome: 'recovered-escrow', credentialState: 'stored' },
      ),
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
  await blockRecord(
    context,
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
