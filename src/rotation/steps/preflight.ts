import {
  end,
  unlessCancelled,
  type Cleared,
  type Ended,
  type Proven,
  type RotationContext,
} from '../context.ts'
import { RotationError, joinErrors } from '../outcome/errors.ts'
import type { SecretPlace } from '../ports.ts'
import { lastWriteIn } from '../readings.ts'
import { later } from '../record/record.ts'
import { claim } from '../record/transitions.ts'
import { allPlaces, type Rotation } from '../rotation.ts'

/** Step 4: writes a probe secret to each store, one by one. */
export async function preflight(
  context: RotationContext,
  { record, readings }: Cleared,
): Promise<Proven | Ended> {
  const { lease, ports, rotation } = context
  const { system, job } = ports
  const secretUpdatedAt = lastWriteIn(readings)
  await leaveSecond(context, later(secretUpdatedAt, record.wrote))
  const claimed = claim(
    record,
    rotation.owner,
    system.serverNow(),
    secretUpdatedAt,
    rotation.facts,
  )
  // Made beside the probe; also proves that the record can be written.
  const preparing = lease.prepare(claimed)
  await unlessCancelled(ports, proveWriteAccess(context))
  if (rotation.isDryRun || job.isCancelled()) {
    await removeProbes(context)
    const failure = await preparing
    if (job.isCancelled()) return end(context, 'cancelled')
    if (failure) throw new RotationError(failure, 'unchanged')
    return end(context, 'dry-run')
  }
  return {
    kind: 'proven',
    claimed,
    removeProbes: () => removeProbes(context),
  }
}

/**
 * `updated_at` has whole seconds, so the claim must not share one with the last write.
 */
async function leaveSecond(
  { ports }: RotationContext,
  written: Date,
): Promise<void> {
  const end = (Math.floor(written.getTime() / 1000) + 1) * 1000
  const wait = end - ports.system.serverNow().getTime()
  if (wait > 0 && wait <= 1000) await ports.system.sleep(wait)
}

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

/** One place per store. */
function storesOf(rotation: Rotation): SecretPlace[] {
  const places = allPlaces(rotation)
  return [...new Map(places.map((place) => [place.store, place])).values()]
}

/** Tries all of them, and reports all failures in one error. */
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
