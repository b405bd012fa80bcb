import { allPlaces, unlessCancelled, type RotationContext } from '../context.ts'
import type { Evidence } from '../record/decide.ts'
import { joinErrors } from '../outcome/errors.ts'
import type { SecretMetadata } from '../ports.ts'
import { later, type Claim } from '../record/record.ts'
import { LEASE_MILLISECONDS } from '../record/lease.ts'
import { formatTime } from '../outcome/time.ts'

/** What a run has seen before it decides. */
export interface Readings {
  readonly presented: string
  readonly salt: string
  readonly secret: SecretMetadata | 'missing'
  readonly runCreatedAt: Date | undefined
}

/** Step 2. All reads go out side by side; one error says all that is wrong. */
export async function read(context: RotationContext): Promise<Readings> {
  const { rotation, ports, lease } = context
  const { refreshTokenPlace } = rotation
  const reading = lease.read()
  const inspecting = refreshTokenPlace.inspect()
  const creation = ports.runs.readCreation()
  const results = await unlessCancelled(
    ports,
    Promise.allSettled([
      reading,
      inspecting,
      ports.authorizationServer.prepare(),
      ...allPlaces(rotation).map((place) => place.prepare()),
    ]),
  )
  const failures = results
    .filter((result) => result.status === 'rejected')
    .map((result): unknown => result.reason)
  if (failures.length > 0) throw joinErrors(failures, 'unchanged')

  const [head, secret, runCreatedAt] = [
    await reading,
    await inspecting,
    await creation,
  ]
  const salt = head?.record.salt ?? ports.system.randomHex(16)
  if (secret !== 'missing') {
    ports.job.info(
      `Found the ${refreshTokenPlace.label}, last written ${formatTime(secret.updatedAt)}.`,
    )
  }
  return {
    presented: ports.system.fingerprint(rotation.refreshToken, salt),
    salt,
    secret,
    runCreatedAt,
  }
}

export function toEvidence(
  { rotation, ports }: RotationContext,
  { presented, secret, runCreatedAt }: Readings,
): Evidence {
  return {
    presented,
    secret,
    ...(runCreatedAt && { runCreatedAt }),
    now: ports.system.serverNow(),
    isByPerson: rotation.isByPerson,
  }
}

/** `unheard-of`: nobody can say, and it has been silent for long enough. */
export type Liveness = 'alive' | 'dead' | 'unheard-of'

/** Whether the owner of a claim is still there. */
export async function readLiveness(
  { ports }: RotationContext,
  claim: Claim | undefined,
): Promise<Liveness> {
  if (claim === undefined) return 'dead'
  if ((await ports.runs.hasEnded(claim.owner)) === 'ended') return 'dead'
  const age = ports.system.serverNow().getTime() - claim.heldSince.getTime()
  return age < LEASE_MILLISECONDS ? 'alive' : 'unheard-of'
}

/** A look that only protects somebody else's write, so it may fail. */
export async function look(
  inspection: Promise<SecretMetadata | 'missing'>,
): Promise<SecretMetadata | undefined> {
  try {
    const metadata = await inspection
    return metadata === 'missing' ? undefined : metadata
  } catch {
    return undefined
  }
}

/**
 * What counts as the last write before this run. A read may lag, and a later one
 * then shows an older write as new; what is older than this look is not new.
 */
export function lastWriteIn({ secret }: Pick<Readings, 'secret'>): Date {
  if (secret === 'missing') return new Date(0)
  const second = Math.floor(secret.readAt.getTime() / 1000)
  return later(secret.updatedAt, new Date((second - 1) * 1000))
}
