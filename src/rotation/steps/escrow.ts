import type { RotationContext } from '../context.ts'
import { RotationError, type Failure } from '../outcome/errors.ts'
import {
  escrowed,
  journaled,
  notDeposited,
  notStored,
} from '../outcome/failures.ts'
import type { JournalEntry } from '../ports.ts'
import { blockRecord } from './block-record.ts'

/**
 * The secret cannot be written, or must not be by this run: the sealed copy goes into
 * the record. That is never fenced: it is the only copy that outlives the machine.
 */
export async function escrowToken(
  context: RotationContext,
  entry: JournalEntry,
  failure: Failure,
): Promise<never> {
  const { ports, progress, rotation } = context
  const place = rotation.refreshTokenPlace
  if (!rotation.usesEscrow) {
    throw new RotationError(
      progress.credentialState === 'journaled'
        ? journaled(failure, place)
        : notStored(failure, place),
      progress.credentialState,
    )
  }
  const command = place.restoreCommand(entry.heir.sealed)
  if (!(await deposit(context, entry, failure))) {
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
  context: RotationContext,
  { heir: escrow }: JournalEntry,
  { code }: Failure,
): Promise<boolean> {
  const state = { credentialState: 'escrowed', code } as const
  await blockRecord(context, state, (record) => ({ ...record, escrow }))
  return context.lease.deposit(escrow)
}

/** Sealed for a key that GitHub no longer has, and the token itself is gone. */
export async function blockLost(
  context: RotationContext,
  failure: Failure,
): Promise<never> {
  const { ports, rotation } = context
  await blockRecord(context, { credentialState: 'lost', code: failure.code })
  ports.journal.delete()
  throw new RotationError(
    notStored(failure, rotation.refreshTokenPlace),
    'lost',
  )
}
