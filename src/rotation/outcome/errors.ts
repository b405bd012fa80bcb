/**
 * What is known about the refresh token when a run ends: the first question of anyone
 * woken up by a failure, so every error answers it.
 *
 * - `unchanged`: the stored refresh token was not spent.
 * - `stored`: the newest refresh token is in its secret.
 * - `journaled`: a sealed copy is on the machine; the post step tries to store it.
 * - `escrowed`: a sealed copy is in the record; one command puts it in place.
 * - `unknown`: the authorization server may have spent the stored refresh token.
 * - `lost`: the stored refresh token no longer works and its successor is nowhere.
 */
export const credentialStates = [
  'unchanged',
  'stored',
  'journaled',
  'escrowed',
  'unknown',
  'lost',
] as const

export type CredentialState = (typeof credentialStates)[number]

/** A code never changes its meaning; new ones may be added. */
export const rotationErrorCodes = [
  'ACCESS_TOKEN_MISSING',
  'CANCELLED',
  'CLIENT_AUTHENTICATION_FAILED',
  'CONFIGURATION_INVALID',
  'CREDENTIAL_REJECTED',
  'DISCOVERY_FAILED',
  'GITHUB_UNAVAILABLE',
  'HEALTH_CHECK_FAILED',
  'INTERNAL_ERROR',
  'PERMISSION_MISSING',
  'RATE_LIMITED',
  'REAUTHORIZATION_REQUIRED',
  'RECORD_LOST',
  'RECORD_UNAVAILABLE',
  'RECORD_UNVERIFIED',
  'SECRET_CHANGED_MEANWHILE',
  'SECRET_MISMATCH',
  'SECRET_NOT_FOUND',
  'SECRET_REFUSED',
  'SECRET_STORE_FULL',
  'SECRET_STORE_UNAVAILABLE',
  'TOKEN_ENDPOINT_UNAVAILABLE',
  'TOKEN_REQUEST_INDETERMINATE',
  'TOKEN_REQUEST_REJECTED',
  'TRIGGER_REFUSED',
  // The record was written by another version of this action.
  'UNKNOWN',
] as const

export type RotationErrorCode = (typeof rotationErrorCodes)[number]

/** What went wrong, without its consequences for the credential. */
export interface Failure {
  readonly code: RotationErrorCode
  /** Whole sentences: what failed. */
  readonly what: string
  /** Whole sentences: what to do now. */
  readonly remedy: string
}

const stateSentences: Record<CredentialState, string> = {
  unchanged: 'The stored refresh token is unchanged.',
  stored: 'The newest refresh token is stored.',
  journaled:
    'The newest refresh token is kept sealed on this machine, and the post step tries to store it.',
  escrowed: 'The newest refresh token is kept sealed in the record.',
  unknown: 'It is not known whether the stored refresh token still works.',
  lost: 'The stored refresh token no longer works.',
}

export function describeState(state: CredentialState): string {
  return stateSentences[state]
}

/**
 * The only error that leaves the rotation. Its message says what failed, what state the
 * credential is in, and what to do, in this order. It never has a `cause`: error
 * objects of libraries hold requests and replies, and these hold tokens.
 */
export class RotationError extends Error implements Failure {
  override readonly name = 'RotationError'
  readonly code: RotationErrorCode
  readonly what: string
  readonly remedy: string
  readonly credentialState: CredentialState

  constructor(failure: Failure, credentialState: CredentialState) {
    super(`${failure.what} ${describeState(credentialState)} ${failure.remedy}`)
    this.code = failure.code
    this.what = failure.what
    this.remedy = failure.remedy
    this.credentialState = credentialState
  }
}

/** Of a foreign error only the class name is kept: it is a defect of this action. */
export function toRotationError(
  thrown: unknown,
  credentialState: CredentialState,
): RotationError {
  if (thrown instanceof RotationError) return thrown
  const kind = thrown instanceof Error ? thrown.name : typeof thrown
  return new RotationError(
    {
      code: 'INTERNAL_ERROR',
      what: `Rotate Token stopped on an internal error (${kind}).`,
      remedy:
        'Report it at https://github.com/rotate-token/rotate-token/issues.',
    },
    credentialState,
  )
}

/** Reports all problems at once, not one after another. `thrown` is not empty. */
export function joinErrors(
  thrown: readonly unknown[],
  credentialState: CredentialState,
): RotationError {
  const errors = thrown.map((each) => toRotationError(each, credentialState))
  const [first = toRotationError(undefined, credentialState)] = errors
  return new RotationError(
    {
      code: first.code,
      what: joinOnce(errors.map(({ what }) => what)),
      remedy: joinOnce(errors.map(({ remedy }) => remedy)),
    },
    credentialState,
  )
}

function joinOnce(texts: readonly string[]): string {
  return [...new Set(texts)].join(' ')
}
