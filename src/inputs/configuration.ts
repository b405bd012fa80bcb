import type { OwnGitHub } from './authorization.ts'
import { refuseEnvironment, type Environment } from './environment.ts'
import {
  readAuthorizationServer,
  type AuthorizationServerInputs,
} from './authorization-server.ts'
import { InputReader } from './reader.ts'
import { readStorage, type Storage } from './storage.ts'
import { readTokens, refuseUnsendable } from './tokens.ts'
import { RotationError } from '../rotation/outcome/errors.ts'
import type { HeldSecrets } from '../rotation/outcome/foreign-text.ts'
import type { GivenTokens, RotationPolicy } from '../rotation/rotation.ts'
import { refuseTrigger, type Trigger } from './trigger.ts'

/** All that a run is told, grouped by consumer. Read once; everything is checked. */
export interface Configuration extends AuthorizationServerInputs, Storage {
  readonly tokens: GivenTokens
  readonly policy: RotationPolicy
  readonly onSkip: 'succeed' | 'fail'
  /** The job was cancelled before this step began. */
  readonly isJobCancelled: boolean
  /** What was corrected and should be known. */
  readonly notices: readonly string[]
  /** What is used as it is, but may be a mistake. */
  readonly warnings: readonly string[]
}

/**
 * Reads and checks every input. Masks secrets before anything else.
 *
 * @param held learns the secrets
 * @throws RotationError with all problems in one message, `unchanged`
 */
export function readConfiguration(
  trigger: Trigger,
  own: OwnGitHub,
  environment: Environment,
  held: HeldSecrets,
): Configuration {
  const reader = new InputReader(held)
  reader.problems.push(...refuseEnvironment(environment))
  const refusal = refuseTrigger(trigger)
  if (refusal !== undefined) reader.problems.push(refusal)

  const tokens = readTokens(reader, trigger)
  const authorizationServer = readAuthorizationServer(reader)
  const storage = readStorage(reader, trigger, own)
  const policy = readPolicy(reader, trigger)
  const onSkip = reader.oneOf('on-skip', ['succeed', 'fail']) ?? 'succeed'
  const status = reader.oneOf('job-status', ['success', 'failure', 'cancelled'])
  if (
    policy.fallback === 'stored-access-token' &&
    tokens.storedAccessToken === undefined
  ) {
    reader.notices.push(
      "'fallback' is stored-access-token, but 'access-token' is empty: there is nothing to fall back on yet.",
    )
  }
  refuseUnsendable(reader, authorizationServer.authorizationServer.request)
  const { problems, notices, warnings } = reader
  if (problems.length > 0 || storage === undefined) {
    throw invalid(problems, refusal !== undefined)
  }
  return Object.freeze({
    tokens,
    ...authorizationServer,
    ...storage,
    policy,
    onSkip,
    isJobCancelled: status === 'cancelled',
    notices,
    warnings,
  })
}

function readPolicy(reader: InputReader, trigger: Trigger): RotationPolicy {
  const isForced = reader.boolean('force')
  return {
    isForced,
    isByPerson: isForced && trigger.eventName === 'workflow_dispatch',
    isDryRun: reader.boolean('dry-run'),
    usesEscrow: reader.boolean('escrow'),
    fallback:
      reader.oneOf('fallback', [
        'none',
        'stored-access-token',
        'client-credentials',
      ]) ?? 'none',
  }
}

function invalid(
  problems: readonly string[],
  isRefused: boolean,
): RotationError {
  const what =
    problems.length === 1
      ? String(problems[0])
      : `${problems.length} things are wrong:\n${problems.map((problem) => `- ${problem}`).join('\n')}\n`
  return new RotationError(
    {
      code: isRefused ? 'TRIGGER_REFUSED' : 'CONFIGURATION_INVALID',
      what,
      remedy: isRefused
        ? 'Nothing was sent. Rotate on schedule and workflow_dispatch only.'
        : 'Nothing was sent. Correct the workflow and run it again.',
    },
    'unchanged',
  )
}
