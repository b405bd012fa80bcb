import { end, type Ended, type RotationContext } from '../context.ts'
import { RotationError, type Failure } from '../outcome/errors.ts'
import { indeterminate, invalidGrant, recordLost } from '../outcome/failures.ts'
import type { RefreshResult, SecretMetadata } from '../ports.ts'
import { look } from '../readings.ts'
import {
  classifyExchange,
  type Issued,
  type Tries,
} from '../record/classify-exchange.ts'
import { isInsideGrace } from '../record/rotation-class.ts'
import { blockRecord } from './block-record.ts'
import { releaseClaim } from './release-claim.ts'

export interface Refreshed {
  readonly kind: 'refreshed'
  readonly issued: Issued
  /** The secret, as seen while the request was under way. */
  readonly looking: Promise<SecretMetadata | undefined>
}

/** Step 6: one token request, and another only where the protocol says so. */
export async function refresh(
  context: RotationContext,
  needsGrace: boolean,
): Promise<Refreshed | Ended> {
  const { rotation, ports, lease, progress } = context
  const { facts, refreshToken } = rotation
  const tries = { notSent: 0, limited: 0, indeterminate: 0, nonces: 0 }
  for (;;) {
    if (tries.indeterminate === 0 && ports.job.isCancelled()) {
      await releaseClaim(context)
      return end(context, 'cancelled')
    }
    const ours = await lease.confirm(ports.journal.hasPostStarted())
    if (ours.kind !== 'moved') return endLost(context, tries)
    const isGraceOver = !isInsideGrace(
      lease.record,
      ports.system.serverNow(),
      facts.graceSeconds,
    )
    if (
      isGraceOver &&
      tries.indeterminate > 0 &&
      facts.rotationClass === 'grace'
    ) {
      return endIndeterminate(context, 'the grace period is over')
    }
    if (isGraceOver && needsGrace) {
      await releaseClaim(context)
      return end(context, 'skipped-cooling')
    }

    progress.credentialState = 'unknown'
    ports.journal.announce()
    const looking = look(rotation.refreshTokenPlace.inspectOnce())
    const began = ports.system.elapsedMilliseconds()
    const result = await ports.authorizationServer.refresh(refreshToken)
    const took = ports.system.elapsedMilliseconds() - began
    progress.measure('tokenRequest', took)
    progress.status = result.status
    count(tries, result)
    const after = classifyExchange(
      result,
      refreshToken,
      tries,
      facts,
      lease.record,
      ports.system.serverNow(),
    )
    switch (after.kind) {
      case 'rotated':
      case 'not-rotated':
        return { kind: 'refreshed', issued: after, looking }
      case 'repeat':
        await ports.system.sleep(after.pauseMilliseconds)
        break
      case 'unspent':
        // An earlier request of this run may still have been processed.
        if (tries.indeterminate > 0) {
          return endIndeterminate(context, after.failure.what)
        }
        return endUnspent(context, after.failure)
      case 'invalid-grant':
        return endInvalidGrant(context, after.answer)
      case 'indeterminate':
        return endIndeterminate(context, after.answer)
    }
  }
}

function count(
  tries: { -readonly [K in keyof Tries]: Tries[K] },
  result: RefreshResult,
): void {
  if (result.kind === 'not-sent') tries.notSent += 1
  if (result.kind === 'indeterminate') tries.indeterminate += 1
  if (result.kind !== 'refused') return
  if (result.reason === 'limit') tries.limited += 1
  if (result.reason === 'nonce') tries.nonces += 1
}

async function endLost(context: RotationContext, tries: Tries): Promise<never> {
  if (tries.indeterminate > 0) {
    return endIndeterminate(context, 'another run took over')
  }
  // It may be nobody's but this run's, below what others have written.
  await releaseClaim(context, recordLost)
  throw new RotationError(recordLost, 'unchanged')
}

async function endUnspent(
  context: RotationContext,
  failure: Failure,
): Promise<never> {
  context.progress.credentialState = 'unchanged'
  await releaseClaim(context, failure)
  throw new RotationError(failure, 'unchanged')
}

/** The claim stays: the next run judges what became of the token. */
function endIndeterminate(
  { rotation }: RotationContext,
  answer: string,
): never {
  throw new RotationError(
    indeterminate(rotation.refreshTokenPlace, answer),
    'unknown',
  )
}

/** Final, unless another run has replaced the token. */
async function endInvalidGrant(
  context: RotationContext,
  answer: string,
): Promise<Ended> {
  const { lease, rotation } = context
  const view = await lease.readAgain()
  const isReplaced =
    view !== undefined && (!lease.isHeld || view.heirs.length > 0)
  if (isReplaced) return end(context, 'skipped-stale')
  await blockRecord(context, {
    credentialState: 'lost',
    code: 'REAUTHORIZATION_REQUIRED',
  })
  throw new RotationError(
    invalidGrant(rotation.refreshTokenPlace, answer),
    'lost',
  )
}
