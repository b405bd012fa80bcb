import type { RotationContext } from '../context.ts'
import { RotationError } from '../outcome/errors.ts'
import { healthCheckFailed } from '../outcome/failures.ts'
import type { Issued } from '../record/classify-exchange.ts'

/** Step 10: throws `HEALTH_CHECK_FAILED` before a bad access token is distributed. */
export async function verify(
  { ports, progress }: RotationContext,
  { tokens }: Issued,
): Promise<void> {
  const failure =
    tokens.accessToken && (await ports.healthCheck?.check(tokens.accessToken))
  if (failure === undefined) return
  throw new RotationError(healthCheckFailed(failure), progress.credentialState)
}
