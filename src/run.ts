import { createHash } from 'node:crypto'

import * as core from '@actions/core'
import { context } from '@actions/github'
import type { Dispatcher } from 'undici'

import { createApi } from './github/api.ts'
import { canonicalPlace } from './github/places.ts'
import { openPlaces } from './github/secrets.ts'
import { readConfiguration, type Configuration } from './inputs.ts'
import { createDispatcher } from './network.ts'
import { createTokenEndpoint } from './oauth/token-endpoint.ts'
import { publish } from './report/annotations.ts'
import { toRotationError } from './rotation/errors.ts'
import type { RotationReport } from './rotation/outcome.ts'
import type { Job } from './rotation/ports.ts'
import { rotate, type Rotation } from './rotation/rotate.ts'
import { system } from './system.ts'
import { VERSION } from './version.ts'

/** GitHub ends a request itself after 10 s. */
const GITHUB_ATTEMPT_MILLISECONDS = 12_000

/** State of the step: the command for the case that main never ends. */
export const AT_RISK = 'at-risk'

/** The step itself. Never throws; says how it ended in the ways of a job. */
export async function runMain(): Promise<void> {
  core.info(`Rotate Token ${VERSION}`)
  await publish(await rotateOnce())
}

/** The post step, which has work only when main did not live to say how it ended. */
export async function runPost(): Promise<void> {
  const replaceCommand = core.getState(AT_RISK)
  await publish({
    outcome: 'failed',
    errorCode: 'TOKEN_REQUEST_INDETERMINATE',
    credentialState: 'unknown',
    verdict:
      'The step was ended after the token request was sent and before the new refresh token was stored.',
    remedy: `Run the workflow again; if it then reports that the refresh token is not accepted, obtain a fresh authorization grant and put its refresh token in place by hand: \`${replaceCommand}\`. Nothing else has to be done.`,
    places: [],
  })
}

async function rotateOnce(): Promise<RotationReport> {
  let dispatcher: Dispatcher | undefined
  try {
    const configuration = readConfiguration({
      eventName: context.eventName,
      actor: context.actor,
      repository: process.env['GITHUB_REPOSITORY'] ?? '',
      payload: context.payload,
    })
    for (const notice of configuration.notices) core.notice(notice)
    dispatcher = createDispatcher()
    return await rotate(openRotation(configuration, dispatcher), {
      authorizationServer: createTokenEndpoint(configuration, dispatcher),
      job,
    })
  } catch (thrown) {
    const error = toRotationError(thrown, 'unchanged')
    return {
      outcome: 'failed',
      errorCode: error.code,
      credentialState: error.credentialState,
      verdict: error.what,
      remedy: error.remedy,
      places: [],
    }
  } finally {
    await dispatcher?.destroy()
  }
}

function openRotation(
  configuration: Configuration,
  dispatcher: Dispatcher,
): Rotation {
  const { refreshToken, isDryRun } = configuration
  const api = createApi({
    baseUrl: configuration.githubApiUrl,
    token: configuration.githubToken,
    userAgent: `rotate-token/${VERSION}`,
    dispatcher,
    system,
    info: core.info,
    attemptMilliseconds: GITHUB_ATTEMPT_MILLISECONDS,
  })
  const [refreshTokenPlace, ...accessTokenPlaces] = openPlaces(
    [configuration.refreshTokenPlace, ...configuration.accessTokenPlaces],
    api,
    nameProbe(configuration),
  )
  if (refreshTokenPlace === undefined) throw new TypeError('no place opened')
  return { refreshToken, refreshTokenPlace, accessTokenPlaces, isDryRun }
}

/** The same for every run of one credential, so that a left probe is found again. */
function nameProbe({ refreshTokenPlace }: Configuration): string {
  const digest = createHash('sha256')
    .update(canonicalPlace(refreshTokenPlace))
    .digest('hex')
  return `ROTATE_TOKEN_PROBE_${digest.slice(0, 8).toUpperCase()}`
}

const job: Job = {
  mask: (value) => {
    core.setSecret(value.reveal())
  },
  info: core.info,
  warning: (line) => {
    core.warning(line)
  },
  announceSpend: (replaceCommand) => {
    core.saveState(AT_RISK, replaceCommand)
  },
  settleSpend: () => {
    core.saveState(AT_RISK, '')
  },
}
