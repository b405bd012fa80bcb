import type { Course } from './course.ts'
import { RotationError, type Failure } from './errors.ts'
import { escrowed, journaled, notDeposited, notStored } from './failures.ts'
import type { JournalEntry } from './ports.ts'

/**
 * The secret cannot be written, or must not be by this run: the sealed copy goes
 * into the record. That is never fenced: it is the only copy that outlives the
 * machine.
 */
export async function saveElsewhere(
  course: Course,
  entry: JournalEntry,
  failure: Failure,
): Promise<never> {
  const { ports, progress, rotation } = course
  const place = rotation.refreshTokenPlace
  if (!rotation.usesEscrow) {
    throw new RotationError(
      progress.credentialState === 'journaled'
        ? journaled(failure, place)
        : notStored(failure, place),
      progress.credentialState,
    )
  }
  const command = place.restoreCommand(entry.sealed)
  if (!(await deposit(course, entry, failure))) {
    const { credentialState } = progress
    throw new RotationError(
      notDeposited(failure, command, credentialState),
      credentialState,
    )
  }
  ports.journal.delete()
  progress.credentialState = 'escrowed'
  throw new RotationError(escrowed(failure, command), 'escrowed')
}

async function deposit(
  { register }: Course,
  { replaces, token, sealed }: JournalEntry,
  { code }: Failure,
): Promise<boolean> {
  const escrow = { replaces, token, sealed }
  await register.block({ credentialState: 'escrowed', code }, (record) => ({
    ...record,
    escrow,
  }))
  return register.deposit(escrow)
}

/** Sealed for a key that GitHub no longer has, and nobody has the token itself. */
export async function blockLost(
  course: Course,
  failure: Failure,
): Promise<never> {
  const { register, ports, rotation } = course
  await register.block({ credentialState: 'lost', code: failure.code })
  ports.journal.delete()
  throw new RotationError(
    notStored(failure, rotation.refreshTokenPlace),
    'lost',
  )
}
