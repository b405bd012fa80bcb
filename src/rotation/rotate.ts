import {
  RotationError,
  joinErrors,
  toRotationError,
  type Failure,
} from './errors.ts'
import {
  decide,
  isWrittenMeanwhile,
  judge,
  newGrant,
  type Issued,
} from './machine.ts'
import type { RotationReport } from './outcome.ts'
import type {
  AuthorizationServer,
  IssuedTokens,
  Job,
  SealedSecret,
  SecretMetadata,
  SecretPlace,
  WriteResult,
} from './ports.ts'
import { Progress } from './progress.ts'
import type { SecretValue } from './secret-value.ts'
import { formatTime } from './time.ts'

/** One refresh token, where it lives, and who gets the access token. */
export interface Rotation {
  readonly refreshToken: SecretValue
  readonly refreshTokenPlace: SecretPlace
  readonly accessTokenPlaces: readonly SecretPlace[]
  /** Check everything and prove write access, but send no token request. */
  readonly isDryRun: boolean
}

export interface Ports {
  readonly authorizationServer: AuthorizationServer
  readonly job: Job
}

/**
 * Rotates one refresh token: reads, decides, proves that the result can be
 * stored, refreshes once, and stores. Never throws: every run ends in exactly one
 * outcome, and the report says what became of the token.
 */
export async function rotate(
  rotation: Rotation,
  ports: Ports,
): Promise<RotationReport> {
  const { refreshTokenPlace, accessTokenPlaces } = rotation
  const progress = new Progress(refreshTokenPlace, accessTokenPlaces)
  try {
    return await carryOut(rotation, ports, progress)
  } catch (thrown) {
    ports.job.settleSpend()
    return progress.failed(thrown)
  }
}

/** The steps of the protocol, in its order. */
async function carryOut(
  rotation: Rotation,
  ports: Ports,
  progress: Progress,
): Promise<RotationReport> {
  const { authorizationServer, job } = ports
  const { refreshToken, refreshTokenPlace } = rotation

  const seen = await readAndDecide(rotation, ports)
  await proveWriteAccess(rotation, job, progress)
  if (rotation.isDryRun) return progress.dryRun()

  job.info(
    'Sending one token request. No record is kept yet: if GitHub refuses the new refresh token after this, that token is lost.',
  )
  progress.credentialState = 'unknown'
  job.announceSpend(refreshTokenPlace.replaceCommand)
  const looking = lookAgain(refreshTokenPlace)
  const result = await authorizationServer.refresh(refreshToken)
  const verdict = judge(result, refreshToken, refreshTokenPlace)
  if (verdict.kind === 'failed') {
    throw new RotationError(verdict.failure, verdict.credentialState)
  }

  progress.credentialState = verdict.kind === 'rotated' ? 'lost' : 'unchanged'
  const sealed = maskAndSeal(rotation, verdict, job)
  const seenAgain = await looking
  if (verdict.kind === 'rotated') {
    refuseToOverwrite(refreshTokenPlace, seen, seenAgain)
    await store(rotation, verdict.refreshToken, sealed, job, progress)
  }
  job.settleSpend()
  for (const defect of verdict.defects) {
    job.info(`The token reply was not as it should be: ${defect}.`)
  }

  const { tokens } = verdict
  const failures = await handOut(rotation, tokens, sealed, job, progress)
  return progress.done(verdict, failures, seenAgain ?? seen)
}

/** Reads all that the run has to know beforehand, and decides. */
async function readAndDecide(
  rotation: Rotation,
  { authorizationServer, job }: Ports,
): Promise<SecretMetadata> {
  const place = rotation.refreshTokenPlace
  const inspecting = place.inspect()
  const reads = await Promise.allSettled([
    inspecting,
    authorizationServer.prepare(),
    ...allPlaces(rotation).map((each) => each.prepare()),
  ])
  const failures: unknown[] = reads
    .filter((read) => read.status === 'rejected')
    .map((read): unknown => read.reason)
  if (failures.length > 0) throw joinErrors(failures, 'unchanged')
  const authoritative = await inspecting
  const decision = decide({ authoritative }, place)
  if (decision.kind === 'stop') {
    throw new RotationError(decision.failure, 'unchanged')
  }
  job.info(
    `Found the ${place.label}, last written ${formatTime(decision.seen.updatedAt)}.`,
  )
  return decision.seen
}

/** Writes and deletes a probe secret in every scope, one after another. */
async function proveWriteAccess(
  rotation: Rotation,
  job: Job,
  progress: Progress,
): Promise<void> {
  const places = allPlaces(rotation)
  const scopes = new Map(places.map((place) => [place.scope, place]))
  const failures: unknown[] = []
  for (const place of scopes.values()) {
    try {
      await place.probe()
    } catch (thrown) {
      failures.push(thrown)
    }
  }
  if (failures.length > 0) throw joinErrors(failures, 'unchanged')
  for (const place of places) progress.mark(place, 'writable')
  job.info(`Proved write access to the ${[...scopes.keys()].join(', the ')}.`)
}

/** A look that only protects somebody else's write, so it may fail. */
async function lookAgain(
  place: SecretPlace,
): Promise<SecretMetadata | undefined> {
  try {
    const metadata = await place.inspectOnce()
    return metadata === 'missing' ? undefined : metadata
  } catch {
    return undefined
  }
}

/**
 * Masks first, so that nothing can show a token, and seals for every place while
 * nothing else can go wrong.
 */
function maskAndSeal(
  rotation: Rotation,
  verdict: Issued,
  job: Job,
): Map<SecretPlace, SealedSecret> {
  const sealed = new Map<SecretPlace, SealedSecret>()
  const { refreshTokenPlace, accessTokenPlaces } = rotation
  const { accessToken } = verdict.tokens
  if (verdict.kind === 'rotated') {
    job.mask(verdict.refreshToken)
    sealed.set(refreshTokenPlace, refreshTokenPlace.seal(verdict.refreshToken))
  }
  if (accessToken !== undefined) {
    job.mask(accessToken)
    for (const place of accessTokenPlaces) {
      sealed.set(place, place.seal(accessToken))
    }
  }
  return sealed
}

function refuseToOverwrite(
  place: SecretPlace,
  seen: SecretMetadata,
  seenAgain: SecretMetadata | undefined,
): void {
  if (!isWrittenMeanwhile(seen, seenAgain)) return
  throw new RotationError(
    {
      code: 'SECRET_CHANGED_MEANWHILE',
      what: `Somebody else wrote the ${place.label} while this run was refreshing, so this run did not overwrite it and dropped the token that it had been given.`,
      remedy: `If a fresh refresh token was put there, nothing has to be done. Otherwise ${newGrant(place)}`,
    },
    'unknown',
  )
}

/** Stores the new refresh token, before anything else and alone. */
async function store(
  rotation: Rotation,
  refreshToken: SecretValue,
  sealed: Map<SecretPlace, SealedSecret>,
  job: Job,
  progress: Progress,
): Promise<void> {
  const place = rotation.refreshTokenPlace
  const written = await write(place, refreshToken, sealed, progress)
  if (written.kind === 'refused') {
    const { code, what, remedy } = written.failure
    throw new RotationError(
      {
        code,
        what: `The authorization server issued a new refresh token, but it could not be stored. ${what}`,
        remedy: `${remedy} Then ${newGrant(place)}`,
      },
      'lost',
    )
  }
  progress.credentialState = 'stored'
  job.info(`Stored the new refresh token in the ${place.label}.`)
  if (written.isNew) {
    job.warning(
      `The ${place.label} had been deleted meanwhile and was created again.`,
    )
  }
}

/** Gives the access token to its places. What fails is returned, not thrown. */
async function handOut(
  rotation: Rotation,
  { accessToken }: IssuedTokens,
  sealed: Map<SecretPlace, SealedSecret>,
  job: Job,
  progress: Progress,
): Promise<Failure[]> {
  if (accessToken === undefined) {
    const failure: Failure = {
      code: 'ACCESS_TOKEN_MISSING',
      what: 'The token reply held no access token.',
      remedy: 'Run the workflow again to get one.',
    }
    job.warning(failure.what)
    return rotation.accessTokenPlaces.length > 0 ? [failure] : []
  }
  const failures: Failure[] = []
  for (const place of rotation.accessTokenPlaces) {
    const written = await write(place, accessToken, sealed, progress)
    if (written.kind === 'written') {
      const verb = written.isNew ? 'Created' : 'Stored the access token in'
      job.info(`${verb} the ${place.label}.`)
    } else {
      const { code, what, remedy } = written.failure
      failures.push({
        code,
        what: `The access token could not be stored. ${what}`,
        remedy: `${remedy} Then run the workflow again.`,
      })
    }
  }
  return failures
}

/**
 * Writes what was sealed. When the store refuses the key, it may have got a new
 * one since the preflight: the value is sealed again, once.
 */
async function write(
  place: SecretPlace,
  value: SecretValue,
  sealed: Map<SecretPlace, SealedSecret>,
  progress: Progress,
): Promise<Exclude<WriteResult, { kind: 'key-refused' }>> {
  let result = await place.write(sealed.get(place) ?? place.seal(value))
  if (result.kind === 'key-refused') {
    try {
      await place.renewKey()
      result = await place.write(place.seal(value))
    } catch (thrown) {
      const failure = toRotationError(thrown, progress.credentialState)
      result = { kind: 'refused', failure }
    }
  }
  progress.mark(place, result.kind === 'written' ? 'written' : 'not written')
  return result.kind === 'written' ? result : { ...result, kind: 'refused' }
}

function allPlaces(rotation: Rotation): readonly SecretPlace[] {
  return [rotation.refreshTokenPlace, ...rotation.accessTokenPlaces]
}
