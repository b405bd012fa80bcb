import { unlessCancelled, type RotationContext } from '../context.ts'
import { joinErrors } from '../outcome/errors.ts'
import { recordTampered } from '../outcome/failures.ts'
import { formatTime } from '../outcome/time.ts'
import type { Readings } from '../readings.ts'
import { allPlaces } from '../rotation.ts'

/** Step 2. All reads run concurrently; one error says all that is wrong. */
export async function read(context: RotationContext): Promise<Readings> {
  const { rotation, ports, lease } = context
  const { refreshTokenPlace } = rotation
  const reading = lease.read()
  const inspecting = refreshTokenPlace.inspect()
  const creation = ports.runs.readCreation()
  const results = await unlessCancelled(
    ports,
    Promise.allSettled([
      reading,
      inspecting,
      ports.authorizationServer.prepare(),
      ...allPlaces(rotation).map((place) => place.prepare()),
    ]),
  )
  const failures = results
    .filter((result) => result.status === 'rejected')
    .map((result): unknown => result.reason)
  if (failures.length > 0) throw joinErrors(failures, 'unchanged')

  const [view, secret, runCreatedAt] = [
    await reading,
    await inspecting,
    await creation,
  ]
  if (secret !== 'missing') {
    ports.job.info(
      `Found the ${refreshTokenPlace.label}, last written ${formatTime(secret.updatedAt)}.`,
    )
  }
  if (view.lane && view.unverified.length > 0) ports.job.warning(recordTampered)
  return { secret, runCreatedAt }
}
