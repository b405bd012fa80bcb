import type { RotationContext } from '../context.ts'

/**
 * The fence before each write of a secret: whether this run may still write.
 *
 * @param isAgain the write before may have landed, and somebody may have used it
 */
export async function mayWrite(
  { lease, ports }: RotationContext,
  isAgain = false,
): Promise<boolean> {
  const ours = await lease.confirm(isAgain || ports.journal.hasPostStarted())
  switch (ours.kind) {
    case 'moved':
      return true
    case 'not-ours':
      return false
    case 'unreachable':
      // Nobody takes the record from a run that is alive before its lease is over.
      return !lease.isLeaseOver()
  }
}
