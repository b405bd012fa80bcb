import { startRotation, type RotationContext } from './context.ts'
import { toRotationError } from './outcome/errors.ts'
import { recordLost } from './outcome/failures.ts'
import type { RotationReport } from './outcome/outcome.ts'
import type { JournalEntry, Ports } from './ports.ts'
import { look } from './readings.ts'
import { restFrom } from './record/cooling.ts'
import { isLeaseRunning } from './record/lease.ts'
import { openEscrow } from './record/version.ts'
import type { Rotation } from './rotation.ts'
import { commitStored } from './steps/commit.ts'
import { escrowToken } from './steps/escrow.ts'
import { isWrittenMeanwhile, writeRefreshToken } from './steps/store.ts'

/**
 * The post step: finishes what main left in the journal. Never calls the token endpoint
 * and never distributes: it could not verify. Main may still be alive, in a container
 * for one, and doing the same; it fences once this step has begun.
 */
export async function finish(
  rotation: Rotation,
  ports: Ports,
  entry: JournalEntry,
): Promise<RotationReport> {
  const context = startRotation(rotation, ports)
  const { lease, keys, progress } = context
  // No step follows this one.
  progress.credentialState = entry.wrote ? 'stored' : 'unknown'
  ports.job.info(
    'The main step did not finish; its journal holds the new refresh token, sealed.',
  )
  try {
    // Main has sealed it with the token that this step is given, too.
    const heir = openEscrow(entry.heir, keys)
    if (heir === undefined) throw new TypeError('a journal of another token')
    lease.inherit(heir.lane)
    await lease.readAgain()
    const stored = entry.wrote ? entry : await finishStoring(context, entry)
    progress.credentialState = 'stored'
    if (lease.lane === undefined) ports.journal.delete()
    else {
      const restUntil = restFrom(ports.system.serverNow())
      await commitStored(context, stored, restUntil)
    }
    return progress.ended('recovered-journal')
  } catch (thrown) {
    return progress.failed(thrown)
  }
}

async function finishStoring(
  context: RotationContext,
  entry: JournalEntry,
): Promise<JournalEntry> {
  const { refreshTokenPlace: place } = context.rotation
  const [looked, obstacle] = await Promise.all([
    look(place.inspect()),
    place.prepareWrite().catch((thrown: unknown) => {
      return toRotationError(thrown, 'unknown')
    }),
  ])
  // Right before the write: a run that took the record over may have stored a newer
  // token.
  if (!(await mayFinish(context, entry))) {
    return escrowToken(context, entry, recordLost)
  }
  if (isWrittenMeanwhile(entry, looked)) {
    // Main's own write has landed, or a person wrote: either way it stays.
    context.ports.job.info(
      `The ${place.label} has been written since the claim, so it is left as it is.`,
    )
    return entry
  }
  return obstacle
    ? escrowToken(context, entry, obstacle)
    : writeRefreshToken(context, entry)
}

async function mayFinish(
  { lease, ports }: RotationContext,
  { heldSince }: JournalEntry,
): Promise<boolean> {
  const fenced =
    lease.lane === undefined
      ? ({ kind: 'unreachable' } as const)
      : await lease.fence(restFrom(ports.system.serverNow()))
  if (fenced.kind !== 'unreachable') return fenced.kind === 'moved'
  // A run that has not ended keeps the record until its lease is over.
  return isLeaseRunning(heldSince, ports.system.serverNow())
}
