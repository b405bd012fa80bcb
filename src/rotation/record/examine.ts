import type { RotationErrorCode } from '../outcome/errors.ts'
import type { SkipReason } from '../outcome/outcome.ts'
import type { Introspection } from '../ports.ts'
import {
  hasUsableEscrow,
  isOutdated,
  isWrittenAfter,
  type Evidence,
} from './evidence.ts'
import type { RotationRecord } from './record.ts'
import { isInsideGrace, type ClassFacts } from './rotation-class.ts'

export type Examination =
  | {
      readonly kind: 'go-on'
      readonly record: RotationRecord
      /** To be checked again right before the request. */
      readonly needsGrace: boolean
    }
  /** Write the sealed copy from escrow, unopened. */
  | { readonly kind: 'restore' }
  /** The record has just begun, and the secret holds its token. */
  | { readonly kind: 'adopt' }
  | { readonly kind: 'skip'; readonly reason: SkipReason }
  | {
      readonly kind: 'block'
      readonly credentialState: 'lost' | 'unknown'
      readonly code: RotationErrorCode
    }
  /** Ask the authorization server, then examine again with its answer. */
  | { readonly kind: 'introspect' }

/**
 * Judges what a dead run left, by the rows of `docs/protocol.md`, section 3. Only after
 * taking the record: otherwise tokens are lost when the dead run wakes up.
 */
export function examine(
  record: RotationRecord,
  evidence: Evidence,
  { rotationClass, graceSeconds }: ClassFacts,
  introspection: Introspection | undefined,
): Examination {
  const { claim } = record
  if (claim === undefined) return { kind: 'go-on', record, needsGrace: false }
  if (hasUsableEscrow(record, evidence.secret)) return { kind: 'restore' } // row 8
  if (isOutdated(record, evidence)) return { kind: 'skip', reason: 'stale' } // row 9
  if (!claim.isIndeterminate) return { kind: 'adopt' } // row 10
  const isPutBack = isWrittenAfter(evidence.secret, claim.updatedAt)
  if (isPutBack && record.escrow) return { kind: 'restore' } // row 9a

  const { now } = evidence
  if (rotationClass === 'grace' && isInsideGrace(record, now, graceSeconds)) {
    return { kind: 'go-on', record, needsGrace: true } // row 12
  }
  if (now < claim.coolUntil) {
    return { kind: 'skip', reason: 'cooling' } // row 13
  }
  if (introspection === undefined) return { kind: 'introspect' }
  if (introspection === 'active') {
    // row 14: nothing is indeterminate any more.
    const { claim: _claim, ...rest } = record
    return { kind: 'go-on', record: rest, needsGrace: false }
  }
  if (introspection === 'inactive' && record.knowsIntrospection) {
    // row 15
    return {
      kind: 'block',
      credentialState: 'lost',
      code: 'REAUTHORIZATION_REQUIRED',
    }
  }
  if (
    rotationClass === 'non-rotating' ||
    rotationClass === 'confirm-on-use' ||
    isOverridden(record)
  ) {
    return { kind: 'go-on', record, needsGrace: false } // row 16, row 5b
  }
  // row 17
  return {
    kind: 'block',
    credentialState: 'unknown',
    code: 'TOKEN_REQUEST_INDETERMINATE',
  }
}

/** A person has let this run continue although the state is unknown. */
function isOverridden(record: RotationRecord): boolean {
  return record.block?.isOverridden === true
}
