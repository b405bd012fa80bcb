import type { RotationContext } from '../context.ts'
import type { Distributed, RotationReport } from '../outcome/outcome.ts'
import type { Issued } from '../record/classify-exchange.ts'
import { isHarmless, type RotationRecord } from '../record/record.ts'
import { endClaim, endDistribution } from '../record/transitions.ts'

/** Step 12: records what is left to do, if that is anything new. */
export async function close(
  context: RotationContext,
  issued: Issued,
  { pendingPlaces }: Distributed,
  report: RotationReport,
): Promise<void> {
  const { lease, progress, rotation } = context
  const learned = (await learnsIntrospection(context, issued)) && {
    knowsIntrospection: true,
  }
  if (rotation.accessTokenPlaces.length > 0) {
    await lease.move((record) =>
      progress.noted(
        { ...endDistribution(record, pendingPlaces), ...learned },
        report,
      ),
    )
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

/**
 * A run that has stopped before closing the record no longer holds it for nothing, and
 * one that has failed says so in it: by one transition, if nothing has said it yet.
 */
export async function noteEnd(
  { lease, progress, rotation }: RotationContext,
  report: RotationReport,
): Promise<void> {
  const { lane } = lease
  if (lane === undefined) return
  const isFailure =
    (report.outcome === 'failed' || report.outcome === 'partial') &&
    report.errorCode !== 'RECORD_LOST' &&
    !rotation.isDryRun
  const note = (record: RotationRecord): RotationRecord =>
    isFailure && !progress.isNoted(report)
      ? progress.noted(record, report)
      : record
  if (isHarmless(lane)) {
    await lease.move((record) => note(endClaim(record)))
  } else if (isFailure && !progress.isNoted(report)) {
    await (lease.isOurs ? lease.move(note) : lease.annotate(note))
  }
}
