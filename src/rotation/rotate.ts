import type { Issued } from './classify.ts'
import type { Course, Ports, Rotation } from './course.ts'
import { RotationError, type Failure } from './errors.ts'
import {
  cancelledAfterStoring,
  healthCheckFailed,
  recordLost,
} from './failures.ts'
import { handOut } from './handing-out.ts'
import { KnownTokens, type Known } from './known-tokens.ts'
import { open } from './opening.ts'
import type { RotationReport } from './outcome.ts'
import type { SecretMetadata } from './ports.ts'
import { Progress } from './progress.ts'
import { isHandingOut } from './record.ts'
import { Register } from './register.ts'
import { claimRecord, refresh } from './spending.ts'
import { saveElsewhere } from './saving.ts'
import {
  commitStored,
  commitUnrotated,
  isWrittenMeanwhile,
  keep,
  mayWrite,
  store,
  yieldToPerson,
} from './storing.ts'
import { endHandOut } from './transitions.ts'
import { finishHandOut } from './unfinished.ts'

/**
 * Rotates one refresh token, by the steps of the protocol. Never throws: every
 * run ends in exactly one outcome, and the report says what became of the token.
 */
export async function rotate(
  rotation: Rotation,
  ports: Ports,
): Promise<RotationReport> {
  const course = startCourse(rotation, ports)
  const report = await carryOut(course).catch((thrown: unknown) =>
    course.progress.failed(thrown),
  )
  await letGo(course)
  const warning = course.tokens.endWarning()
  if (warning !== undefined) ports.job.warning(warning)
  if (report.outcome !== 'failed') return report
  const token = await fallBack(course)
  return token ? course.progress.fallBack(report, token) : report
}

/** A run that stopped before it closed the record hands nothing out any more. */
async function letGo({ register }: Course): Promise<void> {
  const { head } = register
  if (head && isHandingOut(head.record)) {
    await register.move((record) => endHandOut(record))
  }
}

/** Another access token for a job that can live with it. */
async function fallBack({
  rotation,
  ports,
  tokens,
}: Course): Promise<Known | undefined> {
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

export function startCourse(rotation: Rotation, ports: Ports): Course {
  const { records, system } = ports
  const register = new Register(rotation.owner, records, system, rotation.facts)
  const tokens = new KnownTokens(rotation, system)
  const progress = new Progress(rotation, tokens, register)
  return { rotation, ports, register, tokens, progress }
}

/** The steps, in the order and with the numbers of the protocol. */
async function carryOut(course: Course): Promise<RotationReport> {
  const { ports, progress, tokens } = course
  if (ports.job.isCancelled()) return progress.cancelled()

  // 2 read, 3 decide
  const opening = await open(course)
  if (opening.kind === 'ended') return opening.report
  const { unfinished } = opening
  if (unfinished) {
    const end = await finishHandOut(course, opening, unfinished)
    if (end) return end.report
  }

  // 4 preflight, 5 claim
  const end = await claimRecord(course, opening)
  if (end) return end.report

  // 6 refresh
  const refreshed = await refresh(course, opening)
  if (refreshed.kind === 'ended') return refreshed.report
  const { issued } = refreshed

  // 7 journal, 8 store, 9 commit
  const committed =
    issued.kind === 'rotated'
      ? await storeAndCommit(course, issued, refreshed.looking)
      : await commitUnrotated(course, issued)
  for (const defect of issued.defects) {
    ports.job.info(`The token reply was not as it should be: ${defect}.`)
  }
  if (committed === 'not-ours') return stopped(course, issued, recordLost())
  if (ports.job.isCancelled() || ports.journal.hasPostStarted()) {
    return stopped(course, issued, cancelledAfterStoring())
  }

  // 10 verify
  const failure = await verify(course, issued)
  if (failure) {
    throw new RotationError(
      healthCheckFailed(failure),
      progress.credentialState,
    )
  }
  // 11 hand out, 12 close
  const handedOut = await handOut(course, issued)
  const warning = tokens.validityWarning()
  if (warning !== undefined) ports.job.warning(warning)
  return progress.done(issued, handedOut)
}

async function storeAndCommit(
  course: Course,
  issued: Extract<Issued, { kind: 'rotated' }>,
  looking: Promise<SecretMetadata | undefined>,
): ReturnType<typeof commitStored> {
  const entry = keep(course, issued)
  const looked = await looking
  if (isWrittenMeanwhile(entry, looked)) await yieldToPerson(course, entry)
  if (!(await mayWrite(course))) {
    await saveElsewhere(course, entry, recordLost())
  }
  return commitStored(course, await store(course, entry, issued.refreshToken))
}

/** The refresh token is safe, but the access token stays where it is. */
function stopped(
  { rotation, progress }: Course,
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
  { ports }: Course,
  { tokens }: Issued,
): Promise<Failure | undefined> {
  return tokens.accessToken && ports.healthCheck?.check(tokens.accessToken)
}
