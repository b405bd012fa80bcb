import type { RotationContext } from '../context.ts'
import type { Issued } from '../record/classify-exchange.ts'
import { isDistributing } from '../record/record.ts'
import { endDistribution } from '../record/transitions.ts'

/** Step 12: records what is left to do, if that is anything new. */
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
 * Asks about the newest refresh token, which is certainly active. If the server says
 * so, its "inactive" can be believed later.
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

/** A run that stopped before closing the record no longer distributes. */
export async function releaseDistribution({
  lease,
}: RotationContext): Promise<void> {
  const { version } = lease
  if (version && isDistributing(version.record)) {
    await lease.move((record) => endDistribution(record))
  }
}
