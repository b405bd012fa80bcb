import type { RotationContext } from '../context.ts'
import { release } from '../record/transitions.ts'

/** Nothing was spent under the claim. */
export async function releaseClaim({
  lease,
  ports,
}: RotationContext): Promise<void> {
  const moved = await lease.move(release)
  if (moved.kind !== 'moved') {
    ports.job.info(
      'The claim could not be released; the next run will find out.',
    )
  }
}
