import {
  cleared,
  end,
  ended,
  toEvidence,
  type Cleared,
  type Ended,
  type RotationContext,
  type TakeOverDue,
} from '../context.ts'
import { RotationError } from '../outcome/errors.ts'
import { secretMismatch, secretNotFound } from '../outcome/failures.ts'
import type { Readings } from '../readings.ts'
import { decide } from '../record/decide.ts'
import { isLeaseRunning } from '../record/lease.ts'
import type { Claim } from '../record/record.ts'

/** Step 3, before the claim: carries out the rows of the table. */
export async function decideFrom(
  context: RotationContext,
  readings: Readings,
): Promise<Cleared | TakeOverDue | Ended> {
  const { lease, tokens, progress, ports, rotation } = context
  const record = lease.version?.record
  const liveness = await readLiveness(context, record?.claim)
  const decision = decide(
    record,
    toEvidence(context, readings),
    liveness === 'alive',
    readings.salt,
  )
  tokens.learn(record)
  switch (decision.kind) {
    case 'go-on':
      return cleared(decision.record, readings)
    case 'take-over':
      return { ...decision, mayOwnerLive: liveness === 'unheard-of' }
    case 'skip':
      return end(context, `skipped-${decision.reason}`)
    case 'stay-blocked':
      ports.job.info('The record is blocked; no token request was sent.')
      return ended(progress.blocked())
    case 'fail': {
      const explain =
        decision.code === 'SECRET_NOT_FOUND' ? secretNotFound : secretMismatch
      throw new RotationError(explain(rotation.refreshTokenPlace), 'unchanged')
    }
  }
}

/** `unheard-of`: unknown, and silent for long enough. */
type Liveness = 'alive' | 'dead' | 'unheard-of'

async function readLiveness(
  { ports }: RotationContext,
  claim: Claim | undefined,
): Promise<Liveness> {
  if (claim === undefined) return 'dead'
  if ((await ports.runs.hasEnded(claim.owner)) === 'ended') return 'dead'
  return isLeaseRunning(claim.heldSince, ports.system.serverNow())
    ? 'alive'
    : 'unheard-of'
}
