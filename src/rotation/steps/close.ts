import type { RotationContext } from '../context.ts'
import type { Issued } from '../record/classify-exchange.ts'
import { isHarmless } from '../record/record.ts'
import { endClaim, endDistribution } from '../record/transitions.ts'

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
  if (lease.lane?.knowsIntrospection !== false) return false
  const newest =
    issued.kind === 'rotated' ? issued.refreshToken : rotation.refreshToken
  return (await ports.authorizationServer.introspect(newest)) === 'active'
}

/** A run that stopped before closing the record no longer holds it for nothing. */
export async function releaseHarmless({
  lease,
}: RotationContext): Promise<void> {
  if (lease.lane && isHarmless(lease.lane)) {
    await lease.move(endClaim)
  }
}
