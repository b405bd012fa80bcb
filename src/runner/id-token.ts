import type { Dispatcher } from 'undici'

import { RotationError } from '../rotation/outcome/errors.ts'
import type { Job, System } from '../rotation/ports.ts'
import { SecretValue } from '../rotation/tokens/secret-value.ts'
import { exchange } from '../runtime/exchange.ts'

/** Where a job with `id-token: write` gets its ID token. */
export interface IdTokenSource {
  /** ACTIONS_ID_TOKEN_REQUEST_URL */
  readonly url: string
  /** ACTIONS_ID_TOKEN_REQUEST_TOKEN */
  readonly token: string
}

const DEADLINE_MILLISECONDS = 20_000
const MAX_TRIES = 3
const PAUSE_MILLISECONDS = 1000

/**
 * Requests the ID token of the workflow from GitHub, and masks it.
 *
 * @throws RotationError `CLIENT_AUTHENTICATION_FAILED`, `unchanged`, when the job may
 * not have one
 * @see https://docs.github.com/en/actions/reference/security/oidc
 */
export async function requestIdToken(
  source: IdTokenSource | undefined,
  audience: string,
  {
    dispatcher,
    job,
    system,
  }: { dispatcher: Dispatcher; job: Job; system: System },
): Promise<SecretValue> {
  if (source === undefined) throw noToken()
  job.mask(
    new SecretValue(source.token),
    'The token that ID tokens are requested with',
  )
  for (let tries = 1; ; tries++) {
    const value = await ask(source, audience, dispatcher)
    if (value !== undefined) {
      job.mask(value, 'The ID token')
      return value
    }
    if (tries === MAX_TRIES) throw noToken()
    await system.sleep(PAUSE_MILLISECONDS * tries)
  }
}

async function ask(
  { url, token }: IdTokenSource,
  audience: string,
  dispatcher: Dispatcher,
): Promise<SecretValue | undefined> {
  try {
    const { status, body } = await exchange(
      {
        url: `${url}&audience=${encodeURIComponent(audience)}`,
        method: 'GET',
        headers: {
          accept: 'application/json',
          authorization: `Bearer ${token}`,
          'user-agent': 'rotate-token',
        },
        signal: AbortSignal.timeout(DEADLINE_MILLISECONDS),
      },
      dispatcher,
    )
    const { value } = JSON.parse(body.toString('utf8')) as { value?: unknown }
    return status === 200 && typeof value === 'string' && value !== ''
      ? new SecretValue(value)
      : undefined
  } catch {
    return undefined
  }
}

function noToken(): RotationError {
  return new RotationError(
    {
      code: 'CLIENT_AUTHENTICATION_FAILED',
      what: 'GitHub gave this job no ID token.',
      remedy:
        "'client-auth-method: github_oidc' needs `permissions: id-token: write` in the workflow. Nothing was sent to the authorization server.",
    },
    'unchanged',
  )
}
