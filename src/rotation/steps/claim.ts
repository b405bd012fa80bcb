import {
  endUnlessTaken,
  type Ended,
  type Proven,
  type RotationContext,
} from '../context.ts'
import { releaseClaim } from './release-claim.ts'

/** Step 5: takes the record from the very version that was read. */
export async function claimRecord(
  context: RotationContext,
  { claimed, removeProbes }: Proven,
): Promise<Ended | undefined> {
  const { lease } = context
  const [taken, removed] = await Promise.allSettled([
    lease.take(claimed),
    removeProbes(),
  ])
  if (taken.status === 'rejected') throw taken.reason
  if (removed.status === 'rejected') {
    if (taken.value.kind === 'moved') await releaseClaim(context)
    throw removed.reason
  }
  return endUnlessTaken(context, taken.value)
}
