import type { Issued } from './record/classify-exchange.ts'
import type { RotationContext, Ports, Rotation } from './context.ts'
import { RotationError, type Failure } from './outcome/errors.ts'
import {
  cancelledAfterStoring,
  healthCheckFailed,
  recordLost,
} from './outcome/failures.ts'
import { distribute } from './steps/distribute.ts'
import { KnownTokens, type Known } from './tokens/known-tokens.ts'
import { open } from './steps/decide.ts'
import type { RotationReport } from './outcome/outcome.ts'
import type { SecretMetadata } from './ports.ts'
import { Progress } from './outcome/progress.ts'
import { isDistributing } from './record/record.ts'
import { RecordLease } from './record/lease.ts'
import { claimRecord, refresh } from './steps/refresh.ts'
import { escrowToken } from './steps/escrow.ts'
import {
  commitStored,
  commitUnrotated,
  isWrittenMeanwhile,
  keep,
  mayWrite,
  store,
  yieldToPerson,
} from './steps/store.ts'
import { endDistribution } from './record/transitions.ts'
import { finishDistribution } from './steps/find-due.ts'

/**
 * Rotates one refresh token, by the steps of the protocol. Never throws: every
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
  await endOwnDistribution(context)
  const warning = context.tokens.expiryWarning()
  if (warning !== undefined) ports.job.warning(warning)
  if (report.outcome !== 'failed') return report
  const token = await fallBack(context)
  return token ? context.progress.fallBack(report, token) : report
}

/** A run that stopped before it closed the record hands nothing out any more. */
async function endOwnDistribution({ lease }: RotationContext): Promise<void> {
  const { head } = lease
  if (head && isDistributing(head.record)) {
    await lease.move((record) => endDistribution(record))
  }
}

/** Another access token for a job that can live with it. */
async function fallBack({
  rotation,
  ports,
  tokens,
}: RotationContext): Promise<Known | undefined> {
  switch (rotation.fallback) {
    case 'none':
      return undefined
    case 'stored-access-token':
      return tokens.usableStored()
    case 'client-credentials': {
      const issued = await ports.authorizationServer.requestClientCredentials()
      if (issued?.accessToken === undefined) return undefined
      ports.job.mask(issued.accessToken)
      return tokens.toKnown(issued.accessToken, issued)
    }
  }
}

export function startRotation(
  rotation: Rotation,
  ports: Ports,
): RotationContext {
  const { records, system } = ports
  const lease = new RecordLease(rotation.owner, records, system, rotation.facts)
  const tokens = new KnownTokens(rotation, system)
  const progress = new Progress(rotation, tokens, lease)
  return { rotation, ports, lease, tokens, progress }
}

/** The steps, in the order and with the numbers of the protocol. */
async function carryOut(context: RotationContext): Promise<RotationReport> {
  const { ports, progress, tokens } = context
  if (ports.job.isCancelled()) return progress.cancelled()

  // 2 read, 3 decide
  const opening = await open(context)
  if (opening.kind === 'ended') return opening.report
  const { unfinished } = opening
  if (unfinished) {
    const end = await finishDistribution(context, opening, unfinished)
    if (end) return end.report
  }

  // 4 preflight, 5 claim
  const end = await claimRecord(context, opening)
  if (end) return end.report

  // 6 refresh
  const refreshed = await refresh(context, opening)
  if (refreshed.kind === 'ended') return refreshed.report
  const { issued } = refreshed

  // 7 journal, 8 store, 9 commit
  const committed =
    issued.kind === 'rotated'
      ? await storeAndCommit(context, issued, refreshed.looking)
      : await commitUnrotated(context, issued)
  for (const defect of issued.defects) {
    ports.job.info(`The token reply was not as it should be: ${defect}.`)
  }
  if (committed === 'not-ours') return stopped(context, issued, recordLost())
  if (ports.job.isCancelled() || ports.journal.hasPostStarted()) {
    return stopped(context, issued, cancelledAfterStoring())
  }

  // 10 verify
  const failure = await verify(context, issued)
  if (failure) {
    throw new RotationError(
      healthCheckFailed(failure),
      progress.credentialState,
    )
  }
  // 11 hand out, 12 close
  const distribution = await distribute(context, issued)
  const warning = tokens.validityWarning()
  if (warning !== undefined) ports.job.warning(warning)
  return progress.done(issued, distribution)
}

async function storeAndCommit(
  context: RotationContext,
  issued: Extract<Issued, { kind: 'rotated' }>,
  looking: Promise<SecretMetadata | undefined>,
): ReturnType<typeof commitStored> {
  const entry = keep(context, issued)
  const looked = await looking
  if (isWrittenMeanwhile(entry, looked)) await yieldToPerson(context, entry)
  if (!(await mayWrite(context))) {
    await escrowToken(context, entry, recordLost())
  }
  return commitStored(context, await store(context, entry, issued.refreshToken))
}

/** The refresh token is safe, but the access token stays where it is. */
function stopped(
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

async function verify(
  { ports }: RotationContext,
  { tokens }: Issued,
): Promise<Failure | undefined> {
  return tokens.accessToken && ports.healthCheck?.check(tokens.accessToken)
}
