import type { RotationContext } from '../context.ts'

/**
 * The fence before each write of a secret: whether this run may still write.
 *
 * @param isAgain the write before may have landed, and its token may have been used
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
      // A run that is alive keeps the record until its lease is over.
      return !lease.isLeaseOver()
  }
}
