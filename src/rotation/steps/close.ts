import type { RotationContext } from '../context.ts'
import type { Issued } from '../record/classify-exchange.ts'
import { isDistributing } from '../record/record.ts'
import { endDistribution } from '../record/transitions.ts'

/**
 * Step 12: the record says what is left to do. Written only when it says something
 * new.
 */
export async function close(
  context: RotationContext,
  issued: Issued,
  pendingPlaces: readonly string[],
): Promise<void> {
  const { lease, rotation } = context
  const learned = (await learnsIntrospection(context, issued)) && {
    knowsIntrospection: true,
  }
  if (rotation.accessTokenPlaces.length > 0) {
    await lease.move((record) => ({
      ...endDistribution(record, pendingPlaces),
      ...learned,
    }))
  } else if (learned) {
    await lease.move((record) => ({ ...record, ...learned }))
  }
}

/**
 * Asks about the newest refresh token, which is alive for certain. A server that
 * says so is one whose "inactive" can be believed later.
 */
async function learnsIntrospection(
  { lease, ports, rotation }: RotationContext,
  issued: Issued,
): Promise<boolean> {
  if (lease.version?.record.knowsIntrospection !== false) return false
  const newest =
    issued.kind === 'rotated' ? issued.refreshToken : rotation.refreshToken
  return (await ports.authorizationServer.introspect(newest)) === 'active'
}

/** A run that stopped before it closed the record distributes nothing any more. */
export async function releaseDistribution({
  lease,
}: RotationContext): Promise<void> {
  const { version } = lease
  if (version && isDistributing(version.record)) {
    await lease.move((record) => endDistribution(record))
  }
}
