import * as core from '@actions/core'

import { createApi, type Api } from './github/api.ts'
import { GitRecords } from './github/record.ts'
import { WorkflowRuns } from './github/runs.ts'
import { openPlaces } from './github/secrets.ts'
import type { Configuration } from './inputs.ts'
import type { Connections } from './network.ts'
import { createAuthorizationServer } from './oauth/authorization-server.ts'
import { createHealthCheck } from './oauth/health-check.ts'
import type { Ports, Rotation } from './rotation/course.ts'
import { NoRecord, noRuns } from './rotation/no-record.ts'
import type { Job, Journal } from './rotation/ports.ts'
import type { Owner } from './rotation/record.ts'
import type { SecretValue } from './rotation/secret-value.ts'
import { requestIdToken } from './runner/id-token.ts'
import type { RunningSystem } from './system.ts'
import { VERSION } from './version.ts'

/** GitHub ends a request itself after 10 s. */
const GITHUB_ATTEMPT_MILLISECONDS = 12_000

/** What a run has around it, whatever it was told to do. */
export interface Surroundings {
  readonly connections: Connections
  readonly system: RunningSystem
  readonly journal: Journal
  readonly job: Job
  readonly owner: Owner
}

/** Puts the parts of one rotation together. Nothing is sent yet. */
export function open(
  configuration: Configuration,
  { connections, system, journal, job, owner }: Surroundings,
): { rotation: Rotation; ports: Ports } {
  const createApiFor = (token: SecretValue): Api =>
    createApi({
      baseUrl: configuration.githubApiUrl,
      token,
      userAgent: `rotate-token/${VERSION}`,
      dispatcher: connections.github,
      system,
      learnTime: (date) => {
        system.learnTime(date)
      },
      info: core.info,
      attemptMilliseconds: GITHUB_ATTEMPT_MILLISECONDS,
    })
  const { record, verify } = configuration
  const [refreshTokenPlace, ...accessTokenPlaces] = openPlaces(
    [configuration.refreshTokenPlace, ...configuration.accessTokenPlaces],
    createApiFor(configuration.githubToken),
    configuration.probeName,
  )
  if (refreshTokenPlace === undefined) throw new TypeError('no place opened')
  const authorizationServer = createAuthorizationServer(
    {
      ...configuration,
      ...((verify === 'introspection' || verify === 'userinfo') && {
        needs: verify,
      }),
    },
    {
      dispatcher: connections.authorizationServer,
      requestIdToken,
      clockSkewSeconds: () => system.clockSkewSeconds(),
      now: () => system.serverNow(),
      info: core.info,
    },
  )
  const recordApi = record && createApiFor(record.token)
  return {
    rotation: {
      owner,
      refreshToken: configuration.refreshToken,
      refreshTokenPlace,
      accessTokenPlaces,
      ...(configuration.storedAccessToken && {
        storedAccessToken: configuration.storedAccessToken,
      }),
      minimumValiditySeconds: configuration.minimumValiditySeconds,
      facts: configuration.facts,
      usesEscrow: configuration.usesEscrow,
      isDryRun: configuration.isDryRun,
      isForced: configuration.isForced,
      isByPerson: configuration.isByPerson,
      fallback: configuration.fallback,
      lifetimes: configuration.lifetimes,
      keepsOldAccessToken: configuration.keepsOldAccessToken,
    },
    ports: {
      authorizationServer,
      ...(verify !== 'none' && {
        healthCheck: createHealthCheck(
          verify,
          authorizationServer,
          connections.github,
          system,
        ),
      }),
      records:
        record && recordApi
          ? new GitRecords(record, recordApi, core.info)
          : new NoRecord(),
      runs: recordApi ? new WorkflowRuns(recordApi, owner, core.info) : noRuns,
      journal,
      job,
      system,
    },
  }
}
