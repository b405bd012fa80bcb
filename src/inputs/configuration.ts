import type { OwnGitHub } from './authorization.ts'
import { refuseEnvironment, type Environment } from './environment.ts'
import {
  readAuthorizationServer,
  type AuthorizationServerInputs,
} from './authorization-server.ts'
import { InputReader } from './reader.ts'
import { readStorage, type StorageInputs } from './storage.ts'
import { readTokens, type Tokens } from './tokens.ts'
import { RotationError } from '../rotation/outcome/errors.ts'
import type { HeldSecrets } from '../rotation/outcome/foreign-text.ts'
import { refuseTrigger, type Trigger } from './trigger.ts'

/** All that a run is told. Read once; everything in it has been checked. */
export interface Configuration
  extends Tokens, AuthorizationServerInputs, StorageInputs, Behaviour {
  /** What was put right and should be known. */
  readonly notices: readonly string[]
}

interface Behaviour {
  readonly isForced: boolean
  /** Forced, and by a person: that may do what no schedule may. */
  readonly isByPerson: boolean
  readonly isDryRun: boolean
  readonly fallback: 'none' | 'stored-access-token' | 'client-credentials'
  readonly onSkip: 'succeed' | 'fail'
  /** The job was cancelled before this step began. */
  readonly isJobCancelled: boolean
}

const secretInputs = [
  'refresh-token',
  'access-token',
  'client-secret',
  'client-private-key',
  'client-private-key-passphrase',
  'dpop-private-key',
  'github-token',
  'app-private-key',
  'record-token',
]

/**
 * Reads and checks every input. Secrets are masked before anything else.
 *
 * @param held gets to know the secrets
 * @throws RotationError with all problems in one message, `unchanged`
 */
export function readConfiguration(
  trigger: Trigger,
  own: OwnGitHub,
  environment: Environment,
  held: HeldSecrets,
): Configuration {
  const reader = new InputReader(secretInputs, held)
  reader.problems.push(...refuseEnvironment(environment))
  const refusal = refuseTrigger(trigger)
  if (refusal !== undefined) reader.problems.push(refusal)

  const tokens = readTokens(reader, trigger)
  const authorizationServer = readAuthorizationServer(reader)
  const storage = readStorage(reader, trigger, own)
  const behaviour = readBehaviour(reader, trigger)
  if (
    behaviour.fallback === 'stored-access-token' &&
    tokens.storedAccessToken === undefined
  ) {
    reader.notices.push(
      "'fallback' is stored-access-token, but 'access-token' is empty: there is nothing to fall back on yet.",
    )
  }
  const { problems, notices } = reader
  if (problems.length > 0 || storage === undefined) {
    throw invalid(problems, refusal !== undefined)
  }
  return Object.freeze({
    ...tokens,
    ...authorizationServer,
    ...storage,
    ...behaviour,
    notices,
  })
}

function readBehaviour(reader: InputReader, trigger: Trigger): Behaviour {
  const isForced = reader.boolean('force')
  const status = reader.oneOf('job-status', ['success', 'failure', 'cancelled'])
  return {
    isForced,
    isByPerson: isForced && trigger.eventName === 'workflow_dispatch',
    isDryRun: reader.boolean('dry-run'),
    fallback:
      reader.oneOf('fallback', [
        'none',
        'stored-access-token',
        'client-credentials',
      ]) ?? 'none',
    onSkip: reader.oneOf('on-skip', ['succeed', 'fail']) ?? 'succeed',
    isJobCancelled: status === 'cancelled',
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
        ? 'Nothing was sent to anybody. Rotate on schedule and workflow_dispatch only.'
        : 'Nothing was sent to anybody. Correct the workflow and run it again.',
    },
    'unchanged',
  )
}
