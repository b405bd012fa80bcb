import { startRotation, type RotationContext } from './context.ts'
import type { Failure } from './outcome/errors.ts'
import { cancelledAfterStoring, recordLost } from './outcome/failures.ts'
import type { RotationReport } from './outcome/outcome.ts'
import type { Ports } from './ports.ts'
import type { Issued } from './record/classify-exchange.ts'
import type { Rotation } from './rotation.ts'
import { claimRecord } from './steps/claim.ts'
import { close, noteEnd } from './steps/close.ts'
import { commitStored, commitUnrotated } from './steps/commit.ts'
import { decideFrom } from './steps/decide.ts'
import { distribute, finishDistribution } from './steps/distribute.ts'
import { findDue } from './steps/find-due.ts'
import { writeJournal } from './steps/journal.ts'
import { preflight } from './steps/preflight.ts'
import { read } from './steps/read.ts'
import { refresh } from './steps/refresh.ts'
import { storeRefreshToken } from './steps/store.ts'
import { takeRecordOver } from './steps/take-over.ts'
import { verify } from './steps/verify.ts'
import type { AccessToken } from './tokens/known-tokens.ts'

/**
 * Rotates one refresh token, by the steps of `docs/protocol.md`. Never throws: every
 * run ends in exactly one outcome, and the report says what became of the token.
 */
export async function rotate(
  rotation: Rotation,
  ports: Ports,
): Promise<RotationReport> {
  const context = startRotation(rotation, ports)
  const report = await carryOut(context).catch((thrown: unknown) =>
    context.progress.failed(thrown),
  )
  await noteEnd(context, report)
  const warning = context.tokens.expiryWarning()
  if (warning !== undefined) ports.job.warning(warning)
  if (report.outcome !== 'failed') return report
  const token = await findFallback(context)
  return token ? context.progress.fallBack(report, token) : report
}

/** The numbered steps of the protocol. Step 1 has read the inputs. */
async function carryOut(context: RotationContext): Promise<RotationReport> {
  const { ports, progress, tokens } = context
  if (ports.job.isCancelled()) return progress.ended('cancelled')

  // 2 Read
  const readings = await read(context)

  // 3 Decide, and take over from a run that is gone
  const decided = await decideFrom(context, readings)
  const cleared =
    decided.kind === 'take-over'
      ? await takeRecordOver(context, readings, decided)
      : decided
  if (cleared.kind === 'ended') return cleared.report
  const due = findDue(context, cleared)
  if (due.kind === 'nothing') {
    return progress.ended(cleared.isAdopted ? 'adopted' : 'skipped-not-due')
  }
  if (due.kind === 'distribution') {
    const end = await finishDistribution(context, cleared, due)
    if (end) return end.report
  }

  // 4 Preflight
  const proven = await preflight(context, cleared)
  if (proven.kind === 'ended') return proven.report

  // 5 Claim
  const end = await claimRecord(context, proven)
  if (end) return end.report

  // 6 Refresh
  const refreshed = await refresh(context, cleared.needsGrace)
  if (refreshed.kind === 'ended') return refreshed.report
  const { issued, looking } = refreshed

  let committed
  if (issued.kind === 'rotated') {
    // 7 Journal
    const entry = writeJournal(context, issued)

    // 8 Store
    const { refreshToken } = issued
    const looked = await looking
    const stored = await storeRefreshToken(context, entry, looked, refreshToken)

    // 9 Commit
    committed = await commitStored(context, stored)
  } else {
    committed = await commitUnrotated(context, issued)
  }
  for (const defect of issued.defects) {
    ports.job.info(`The token reply was not as expected: ${defect}.`)
  }
  if (committed === 'not-ours') {
    return endUndistributed(context, issued, recordLost)
  }
  if (ports.job.isCancelled() || ports.journal.hasPostStarted()) {
    return endUndistributed(context, issued, cancelledAfterStoring)
  }

  // 10 Verify
  await verify(context, issued)

  // 11 Distribute
  const distributed = await distribute(context, issued)

  // 12 Close
  const report = progress.done(issued, distributed)
  await close(context, issued, distributed, report)
  const warning = tokens.validityWarning()
  if (warning !== undefined) ports.job.warning(warning)
  return report
}

/** The refresh token is safe, but the access token is not distributed. */
function endUndistributed(
  { rotation, progress }: RotationContext,
  issued: Issued,
  failure: Failure,
): RotationReport {
  const hasPlaces = rotation.accessTokenPlaces.length > 0
  const { accessToken: _token, ...report } = progress.done(issued, {
    failures: hasPlaces ? [failure] : [],
  })
  return report
}

/** Another access token, for a job that accepts one. */
async function findFallback({
  rotation,
  ports,
  tokens,
}: RotationContext): Promise<AccessToken | undefined> {
  switch (rotation.fallback) {
    case 'none':
      return undefined
    case 'stored-access-token':
      return tokens.usableStored()
    case 'client-credentials': {
      const issued = await ports.authorizationServer.requestClientCredentials()
      if (issued?.accessToken === undefined) return undefined
      ports.job.mask(issued.accessToken, 'The access token of the client')
      return tokens.toKnown(issued.accessToken, issued)
    }
  }
}
