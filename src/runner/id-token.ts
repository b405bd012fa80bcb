import * as core from '@actions/core'

import { RotationError } from '../rotation/errors.ts'
import { SecretValue } from '../rotation/secret-value.ts'

/**
 * Asks GitHub for the ID token of the workflow. It is masked.
 *
 * @throws RotationError `CLIENT_AUTHENTICATION_FAILED` when the job may not have
 * one, `unchanged`
 * @see https://docs.github.com/en/actions/reference/security/oidc
 */
export async function requestIdToken(audience: string): Promise<SecretValue> {
  try {
    return new SecretValue(await core.getIDToken(audience))
  } catch {
    throw new RotationError(
      {
        code: 'CLIENT_AUTHENTICATION_FAILED',
        what: 'GitHub gave this job no ID token.',
        remedy:
          "'client-auth-method: github_oidc' needs `permissions: id-token: write` in the workflow. Nothing was sent to the authorization server.",
      },
      'unchanged',
    )
  }
}
