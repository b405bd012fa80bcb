import type { RotationContext } from '../context.ts'
import type { Failure } from '../outcome/errors.ts'
import { release } from '../record/transitions.ts'

/**
 * Nothing was spent under the claim.
 *
 * @param failure that ends the run
 */
export async function releaseClaim(
  { lease, ports, progress }: RotationContext,
  failure?: Failure,
): Promise<void> {
  const moved = await lease.move((record) => {
    const released = release(record)
    return failure
      ? progress.noted(released, {
          outcome: 'failed',
          errorCode: failure.code,
          credentialState: 'unchanged',
        })
      : released
  })
  if (moved.kind !== 'moved') {
    ports.job.info(
      'The claim could not be released; the next run will find out.',
    )
  }
}
