import type { RotationContext } from '../context.ts'
import type { Moved } from '../record/lease.ts'
import type { Block, RotationRecord } from '../record/record.ts'

/**
 * The run fails, and a person is needed.
 *
 * @param change further changes to the record
 */
export function blockRecord(
  { lease, progress }: RotationContext,
  reason: Pick<Block, 'credentialState' | 'code'>,
  change = (record: RotationRecord): RotationRecord => record,
): Promise<Moved> {
  const { credentialState, code } = reason
  return lease.block(reason, (record) =>
    progress.noted(change(record), {
      outcome: 'failed',
      errorCode: code,
      credentialState,
    }),
  )
}
