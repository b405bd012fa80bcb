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
import { RotationError, type Failure } from '../outcome/errors.ts'
import {
  recordUnverified,
  secretMismatch,
  secretNotFound,
} from '../outcome/failures.ts'
import { lastWriteIn, type Readings } from '../readings.ts'
import { decide, runningClaims } from '../record/decide.ts'
import { isLeaseRunning } from '../record/lease.ts'
import type { Claim, Owner, RotationRecord } from '../record/record.ts'
import { beginRecord, claimToExamine } from '../record/beginning.ts'
import { takeOver } from '../record/transitions.ts'
import type { View } from '../record/view.ts'
import { placeIds } from '../rotation.ts'

/** Step 3, before the claim: carries out the rows of the table. */
export async function decideFrom(
  context: RotationContext,
  readings: Readings,
): Promise<Cleared | TakeOverDue | Ended> {
  const { lease, tokens, progress, ports, rotation } = context
  const { view } = lease
  const liveness = view.lane
    ? await readLiveness(context, view.lane.record.claim)
    : await readAnyLiveness(context, view)
  const decision = decide(
    view,
    toEvidence(context, readings),
    liveness === 'alive',
    rotation.facts,
  )
  tokens.learn(lease.lane)
  const now = ports.system.serverNow()
  const secretUpdatedAt = lastWriteIn(readings)
  switch (decision.kind) {
    case 'go-on':
      return cleared(decision.record, readings)
    case 'begin':
      return cleared(begin(context), readings)
    case 'begin-examining': {
      const { owner } = rotation
      const record = begin(context)
      return {
        kind: 'take-over',
        record: claimToExamine(record, owner, now, secretUpdatedAt),
      }
    }
    case 'take-over':
      return {
        kind: 'take-over',
        record: takeOver(lease.record, {
          owner: rotation.owner,
          now,
          secretUpdatedAt,
          cooling: rotation.facts,
          mayOwnerLive: liveness === 'unheard-of',
          isOverride: decision.isOverride,
        }),
      }
    case 'skip':
      return end(context, `skipped-${decision.reason}`)
    case 'stay-blocked':
      ports.job.info('The record is blocked; no token request was sent.')
      return ended(progress.blocked())
    case 'fail':
      throw new RotationError(explain(context, decision.code), 'unchanged')
  }
}

/** A record of the presented token, which nothing authentic speaks of. */
function begin({ lease, keys, rotation }: RotationContext): RotationRecord {
  const { heirs, tip, unverified } = lease.view
  const escrow = heirs[0]?.escrow
  const record = beginRecord({
    current: keys.id,
    place: rotation.placeName,
    // What another grant has left there is not known.
    pendingPlaces: tip === undefined ? [] : placeIds(rotation, keys),
    unverified,
  })
  // The copy stands for this very sequence.
  return escrow ? { ...record, sequence: escrow.sequence, escrow } : record
}

function explain(
  { rotation: { refreshTokenPlace } }: RotationContext,
  code: Extract<ReturnType<typeof decide>, { kind: 'fail' }>['code'],
): Failure {
  switch (code) {
    case 'SECRET_NOT_FOUND':
      return secretNotFound(refreshTokenPlace)
    case 'SECRET_MISMATCH':
      return secretMismatch(refreshTokenPlace)
    case 'RECORD_UNVERIFIED':
      return recordUnverified
  }
}

/** `unheard-of`: unknown, and silent for long enough. */
type Liveness = 'alive' | 'dead' | 'unheard-of'

async function readAnyLiveness(
  { ports, rotation }: RotationContext,
  { isSpent, unverified }: View,
): Promise<Liveness> {
  if (isSpent) return 'dead'
  const claims = runningClaims(
    unverified,
    ports.system.serverNow(),
    rotation.facts,
  )
  const owners = new Map(claims.map(({ owner }) => [ownerKey(owner), owner]))
  const states = await Promise.all(
    [...owners.values()].map((owner) => ports.runs.hasEnded(owner)),
  )
  return states.every((state) => state === 'ended') ? 'dead' : 'alive'
}

function ownerKey({ repository, runId, attempt }: Owner): string {
  return [repository, runId, attempt].join(' ')
}

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
