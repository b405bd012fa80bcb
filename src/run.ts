import * as core from '@actions/core'
import { context } from '@actions/github'

import {
  open,
  openKeyring,
  revokeTokens,
  type Surroundings,
} from './composition.ts'
import {
  readConfiguration,
  type Configuration,
} from './inputs/configuration.ts'
import type { Environment } from './inputs/environment.ts'
import { isMutualTls } from './oauth/client-authentication.ts'
import { publish } from './report/annotations.ts'
import { RotationError, toRotationError } from './rotation/outcome/errors.ts'
import { cutOff } from './rotation/outcome/failures.ts'
import { HeldSecrets } from './rotation/outcome/foreign-text.ts'
import { finish } from './rotation/post-step.ts'
import type { RotationReport } from './rotation/outcome/outcome.ts'
import { rotate } from './rotation/rotate.ts'
import { RunnerJob } from './runner/job.ts'
import { InstallationTokens } from './runner/installation-tokens.ts'
import { JournalFile, isJournalPath, journalPath } from './runner/journal.ts'
import {
  openConnections,
  type Connections,
  type TlsOptions,
} from './runtime/connections.ts'
import { createSystem } from './runtime/system.ts'
import type { Trigger } from './inputs/trigger.ts'
import { VERSION } from './runtime/version.ts'

/** The main step. Never throws; tells the job how it ended. */
export async function runMain(): Promise<void> {
  core.info(`Rotate Token ${VERSION}`)
  await withinJob('main', async (configuration, connections, held) => {
    for (const notice of configuration.notices) core.notice(notice)
    for (const warning of configuration.warnings) core.warning(warning)
    const system = createSystem()
    const nonce = system.randomHex(8)
    const journal = new JournalFile(journalPath(temporaryFolder(), nonce))
    const job = new RunnerJob(configuration.isJobCancelled, held)
    const { rotation, ports } = open(configuration, {
      connections,
      system,
      held,
      journal,
      job,
      owner: readOwner(nonce),
      startedBy: readStart(),
      tokens: new InstallationTokens(job),
      keyring: openKeyring(configuration),
      ...readIdTokenSource(),
    })
    if (configuration.record === undefined) core.notice(withoutRecord)
    const report = await rotate(rotation, ports)
    // The journal holds what is left to do; without one, the post step has no work.
    if (!journal.exists()) journal.delete()
    return report
  })
}

/**
 * The post step: finishes what an interrupted main left, and revokes what main minted.
 *
 * @param path of the journal; empty when there is nothing to finish
 */
export async function runPost(path: string): Promise<void> {
  const journal = new JournalFile(path)
  const hasJournal = isJournalPath(process.env['RUNNER_TEMP'] ?? '', path)
  if (hasJournal) journal.markPostStarted()
  await withinJob('post', async (configuration, connections, held) => {
    const keyring = openKeyring(configuration)
    const { journal: key } = keyring.of(configuration.tokens.refreshToken)
    const entry = hasJournal ? journal.read(key) : undefined
    const job = new RunnerJob(false, held)
    const surroundings: Surroundings = {
      connections,
      system: createSystem(),
      held,
      journal,
      job,
      owner: readOwner(entry?.nonce ?? ''),
      startedBy: readStart(),
      tokens: new InstallationTokens(job),
      keyring,
    }
    try {
      if (path === '') return undefined
      const { rotation, ports } = open(configuration, surroundings)
      if (entry === undefined) {
        throw new RotationError(cutOff(rotation.refreshTokenPlace), 'unknown')
      }
      return await finish(rotation, ports, entry)
    } finally {
      await revokeTokens(configuration, surroundings)
    }
  })
}

const withoutRecord =
  "'record' is none. That gives up the lock against concurrent runs, the check for an outdated refresh token, the recovery by the next run when a machine is lost, and the sealed copy in the record when the secret cannot be written."

/** The only error boundary and owner of connections. Undefined: nothing to report. */
async function withinJob(
  step: 'main' | 'post',
  work: (
    configuration: Configuration,
    connections: Connections,
    held: HeldSecrets,
  ) => Promise<RotationReport | undefined>,
): Promise<void> {
  const held = new HeldSecrets()
  let configuration: Configuration | undefined
  let connections: Connections | undefined
  let report: RotationReport | undefined
  try {
    // The post step refuses nothing: it may hold the only copy of a token.
    const environment: Environment =
      step === 'post'
        ? {}
        : {
            NODE_TLS_REJECT_UNAUTHORIZED:
              process.env['NODE_TLS_REJECT_UNAUTHORIZED'],
            NODE_DEBUG: process.env['NODE_DEBUG'],
            NODE_OPTIONS: process.env['NODE_OPTIONS'],
          }
    const own = { api: context.apiUrl, web: context.serverUrl }
    configuration = readConfiguration(readTrigger(), own, environment, held)
    connections = openConnections(tlsOf(configuration))
    report = await work(configuration, connections, held)
  } catch (thrown) {
    const error = toRotationError(thrown, 'unchanged')
    report = {
      outcome: 'failed',
      errorCode: error.code,
      // The code that threw does not know that main has run before.
      credentialState:
        step === 'post' && error.credentialState === 'unchanged'
          ? 'unknown'
          : error.credentialState,
      verdict: error.what,
      remedy: error.remedy,
      places: [],
    }
  } finally {
    await connections?.destroy()
  }
  if (report === undefined) return
  await publish(
    report,
    step === 'main' ? (configuration?.onSkip ?? 'succeed') : 'in post',
  )
}

function tlsOf({ authorizationServer, tls }: Configuration): TlsOptions {
  const { authMethod, certificate, privateKey } = authorizationServer.client
  const { minimumTlsVersion, ...certificates } = tls
  return {
    minimumTlsVersion,
    authorizationServer: {
      ...certificates,
      ...(isMutualTls(authMethod) &&
        certificate !== undefined &&
        privateKey && {
          client: {
            certificate,
            privateKey: privateKey.key
              .export({ type: 'pkcs8', format: 'pem' })
              .toString(),
          },
        }),
    },
  }
}

function readIdTokenSource(): Pick<Surroundings, 'idTokenSource'> {
  const url = process.env['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? ''
  const token = process.env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] ?? ''
  return url === '' || token === '' ? {} : { idTokenSource: { url, token } }
}

function readTrigger(): Trigger {
  return {
    eventName: context.eventName,
    actor: context.actor,
    repository: repositoryName(),
    payload: context.payload,
  }
}

function readOwner(nonce: string): Surroundings['owner'] {
  return {
    repository: repositoryName(),
    runId: String(context.runId || 0),
    // GitHub Enterprise Server may not set these.
    attempt: String(context.runAttempt || 1),
    job: context.job || 'unknown',
    nonce,
  }
}

/** GitHub Enterprise Server may not set these either. */
function readStart(): Surroundings['startedBy'] {
  return { event: context.eventName || '', actor: context.actor || '' }
}

function repositoryName(): string {
  return process.env['GITHUB_REPOSITORY'] ?? ''
}

function temporaryFolder(): string {
  const folder = process.env['RUNNER_TEMP'] ?? ''
  if (folder !== '') return folder
  throw new RotationError(
    {
      code: 'CONFIGURATION_INVALID',
      what: 'RUNNER_TEMP is not set: this is not a GitHub job.',
      remedy: 'Nothing was sent. Run the action in a workflow.',
    },
    'unchanged',
  )
}
