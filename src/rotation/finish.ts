import type { Course } from './course.ts'
import { toRotationError } from './errors.ts'
import { recordLost } from './failures.ts'
import type { RotationReport } from './outcome.ts'
import type { JournalEntry } from './ports.ts'
import { look } from './readings.ts'
import { LEASE_MILLISECONDS } from './register.ts'
import { saveElsewhere } from './saving.ts'
import { commitStored, isWrittenMeanwhile, store } from './storing.ts'
import { restFrom } from './transitions.ts'

/**
 * The post step: finishes what main has left in the journal. Never asks the token
 * endpoint and never hands out: it could not verify. Main may still be alive, in
 * a container for one, and doing the same; it fences once this step has begun.
 */
export async function finish(
  course: Course,
  entry: JournalEntry,
): Promise<RotationReport> {
  const { register, ports, progress } = course
  // There is no step after this one.
  progress.credentialState = entry.wrote ? 'stored' : 'unknown'
  ports.job.info(
    'The main step did not finish; its journal holds the new refresh token, sealed.',
  )
  try {
    await register.readAgain()
    const stored = entry.wrote ? entry : await finishStoring(course, entry)
    if (register.head === undefined) ports.journal.delete()
    else {
      const restUntil = restFrom(ports.system.serverNow())
      await commitStored(course, stored, restUntil)
    }
    progress.credentialState = 'stored'
    return progress.redone()
  } catch (thrown) {
    return progress.failed(thrown)
  }
}

async function finishStoring(
  course: Course,
  entry: JournalEntry,
): Promise<JournalEntry> {
  const { refreshTokenPlace: place } = course.rotation
  const [looked, obstacle] = await Promise.all([
    look(place.inspect()),
    place.prepareWrite().catch((thrown: unknown) => {
      return toRotationError(thrown, 'unknown')
    }),
  ])
  // Right before the write: whoever took the record over may have stored a newer
  // token since.
  if (!(await mayFinish(course, entry))) {
    return saveElsewhere(course, entry, recordLost())
  }
  if (isWrittenMeanwhile(entry, looked)) {
    // Main's own write has landed, or a person wrote: either way it stays.
    course.ports.job.info(
      `The ${place.label} was written since the claim, so it is left as it is.`,
    )
    return entry
  }
  return obstacle
    ? saveElsewhere(course, entry, obstacle)
    : store(course, entry)
}

async function mayFinish(
  { register, ports }: Course,
  { heldSince }: JournalEntry,
): Promise<boolean> {
  const fenced =
    register.head === undefined
      ? ({ kind: 'unreachable' } as const)
      : await register.fence(restFrom(ports.system.serverNow()))
  if (fenced.kind !== 'unreachable') return fenced.kind === 'moved'
  // Nobody takes the record from a run that has not ended before its lease is over.
  const age = ports.system.serverNow().getTime() - heldSince.getTime()
  return age < LEASE_MILLISECONDS
}
