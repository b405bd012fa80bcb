import { ended, type Ended, type RotationContext } from '../context.ts'
import { RotationError } from '../outcome/errors.ts'
import type { RotationRecord } from '../record/record.ts'
import { releaseClaim } from './release-claim.ts'

/** Step 5: takes the record from the very version that was read. */
export async function claimRecord(
  context: RotationContext,
  {
    claimed,
    removeProbes,
  }: {
    readonly claimed: RotationRecord
    readonly removeProbes: () => Promise<void>
  },
): Promise<Ended | undefined> {
  const { lease, progress } = context
  const [taken, removed] = await Promise.allSettled([
    lease.take(claimed),
    removeProbes(),
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
