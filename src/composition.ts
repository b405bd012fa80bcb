import * as core from '@actions/core'

import { openAccess } from './github/access.ts'
import { createApi, type Api } from './github/api.ts'
import { revoke } from './github/app.ts'
import { GivenToken, type Credential } from './github/credential.ts'
import { GitRecordStore } from './github/git-record-store.ts'
import { WorkflowRuns } from './github/runs.ts'
import { placeWithin, publicName } from './github/places.ts'
import { openPlaces } from './github/secrets.ts'
import type { Configuration } from './inputs/configuration.ts'
import { createAuthorizationServer } from './oauth/authorization-server.ts'
import { createHealthCheck } from './oauth/health-check.ts'
import type { Ports, Job, Journal } from './rotation/ports.ts'
import type { Rotation, RunFacts } from './rotation/rotation.ts'
import type { Keyring } from './rotation/tokens/token-keys.ts'
import type { HeldSecrets } from './rotation/outcome/foreign-text.ts'
import { NoRecord, noRuns } from './rotation/record/no-record.ts'
import type { Owner } from './rotation/record/record.ts'
import { requestIdToken, type IdTokenSource } from './runner/id-token.ts'
import type { InstallationTokens } from './runner/installation-tokens.ts'
import type { Connections } from './runtime/connections.ts'
import type { RunningSystem } from './runtime/system.ts'
import { createKeyring } from './runtime/token-keys.ts'
import { VERSION } from './runtime/version.ts'

/** GitHub itself ends a request after 10 s. */
const GITHUB_ATTEMPT_MILLISECONDS = 12_000

/** The environment of a run, independent of its configuration. */
export interface Surroundings {
  readonly connections: Connections
  readonly system: RunningSystem
  readonly held: HeldSecrets
  readonly journal: Journal
  readonly job: Job
  readonly owner: Owner
  readonly tokens: InstallationTokens
  readonly keyring: Keyring
  readonly startedBy: Pick<RunFacts, 'event' | 'actor'>
  /** Set where the job may request ID tokens. */
  readonly idTokenSource?: IdTokenSource
}

/** The keys of tokens, for one record and one secret. */
export function openKeyring({
  github,
  places,
  record,
}: Configuration): Keyring {
  const { refreshTokenPlace } = places
  return createKeyring({
    host: github.webUrl.host,
    recordId: record?.id ?? '',
    place: placeWithin(refreshTokenPlace, github.currentRepository),
  })
}

/** Assembles one rotation. Nothing is sent yet. */
export function open(
  configuration: Configuration,
  surroundings: Surroundings,
): { rotation: Rotation; ports: Ports } {
  const { connections, system, held, journal, job, owner, tokens, keyring } =
    surroundings
  const { github, places, record, verify } = configuration
  const access = openAccess(
    {
      authorization: github.authorization,
      places: [places.refreshTokenPlace, ...places.accessTokenPlaces],
      current: github.currentRepository,
      ...(record && { record }),
    },
    {
      createApi: (credential) => createApiAs(credential, github, surroundings),
      webUrl: github.webUrl,
      system,
      onMinted: (token) => {
        tokens.keep(token)
      },
      warn: core.warning,
    },
  )
  const authorizationServer = createAuthorizationServer(
    configuration.authorizationServer,
    {
      dispatcher: connections.authorizationServer,
      requestIdToken: (audience) =>
        requestIdToken(surroundings.idTokenSource, audience, {
          dispatcher: connections.github,
          job,
          system,
        }),
      quote: held.quote,
      quoteOwn: held.quoteOwn,
      clockSkewSeconds: () => system.clockSkewSeconds(),
      now: () => system.serverNow(),
      info: core.info,
      warning: core.warning,
    },
  )
  return {
    rotation: {
      owner,
      run: { ...surroundings.startedBy, version: VERSION },
      ...configuration.tokens,
      ...configuration.provider,
      ...configuration.policy,
      placeName: publicName(places.refreshTokenPlace, github.currentRepository),
      ...openPlaces(places, {
        apiFor: access.apiFor,
        current: github.currentRepository,
        tell: core,
      }),
    },
    ports: {
      authorizationServer,
      ...(verify !== 'none' && {
        healthCheck: createHealthCheck(
          verify,
          authorizationServer,
          verify instanceof URL
            ? connections.github
            : connections.authorizationServer,
          system,
        ),
      }),
      records:
        record && access.record
          ? new GitRecordStore(record, access.record, core.info)
          : new NoRecord(),
      runs: access.runs
        ? new WorkflowRuns(access.runs, owner, core.info)
        : noRuns,
      journal,
      job,
      system,
      keyring,
    },
  }
}

/** Revokes the minted tokens, so that they cannot be used after the job. */
export async function revokeTokens(
  { github }: Configuration,
  surroundings: Pick<
    Surroundings,
    'connections' | 'system' | 'held' | 'tokens'
  >,
): Promise<void> {
  for (const token of surroundings.tokens.all) {
    const credential = new GivenToken(
      token,
      'installation',
      'app-private-key',
      github.webUrl,
      core.warning,
    )
    const isRevoked = await revoke(
      createApiAs(credential, github, surroundings),
    )
    if (isRevoked) core.info('Revoked the installation token.')
    else {
      core.warning(
        'The installation token could not be revoked. It expires by itself, an hour after it was minted.',
      )
    }
  }
}

function createApiAs(
  credential: Credential,
  { apiUrl, webUrl }: Configuration['github'],
  {
    connections,
    system,
    held,
  }: Pick<Surroundings, 'connections' | 'system' | 'held'>,
): Api {
  return createApi({
    baseUrl: apiUrl,
    webUrl,
    credential,
    userAgent: `rotate-token/${VERSION}`,
    dispatcher: connections.github,
    system,
    learnTime: (date) => {
      system.learnTime(date)
    },
    info: core.info,
    quote: held.quote,
    attemptMilliseconds: GITHUB_ATTEMPT_MILLISECONDS,
  })
}
