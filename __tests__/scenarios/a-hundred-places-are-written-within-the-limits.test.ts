import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { Agent } from 'undici'

import { parsePlace, type Place } from '../../src/github/places.ts'
import { GitRecordStore } from '../../src/github/git-record-store.ts'
import type { RotationReport } from '../../src/rotation/outcome/outcome.ts'
import { rotate } from '../../src/rotation/rotate.ts'
import { SecretValue } from '../../src/rotation/tokens/secret-value.ts'
import { Clock } from '../support/clock.ts'
import { ClockSystem } from '../support/clock-system.ts'
import { FaultProxy } from '../support/fault-proxy.ts'
import { given, openApi, openAll } from '../support/github-api.ts'
import {
  LimitCounter,
  publishedLimits,
  type Limits,
} from '../support/github/limits.ts'
import { GitHubStandIn } from '../support/github/stand-in.ts'
import {
  InMemoryAuthorizationServer,
  InMemoryJournal,
  InMemoryRuns,
  RecordingJob,
} from '../support/in-memory.ts'
import { SymbolicKeyring } from '../support/symbolic-keyring.ts'

/**
 * What GitHub publishes, its advice included: a second between writes when there
 * are many. Those of a single rotation are not many.
 */
const limits: Limits = {
  ...publishedLimits,
  pauseBetweenWrites: { after: 6, milliseconds: 1000 },
}

let clock: Clock
let github: GitHubStandIn
let proxy: FaultProxy
let dispatcher: Agent
let job: RecordingJob
let authorizationServer: InMemoryAuthorizationServer

beforeEach(async () => {
  clock = new Clock()
  github = new GitHubStandIn({ clock })
  await github.start()
  proxy = new FaultProxy(github.url)
  await proxy.start()
  github.addRepository('acme/web').secrets.set('RT', 'refresh-token-0')
  const organization = github.addOrganization('acme')
  for (const name of names) {
    organization.set(name, 'old', { visibility: 'all' })
  }
  const repositories = ['acme/web']
  github.addToken(
    'token',
    {
      kind: 'fine-grained',
      permissions: { secrets: 'write', organization_secrets: 'write' },
      repositories,
      organizations: ['acme'],
    },
    limits,
  )
  github.addToken('record', {
    kind: 'job',
    permissions: { contents: 'write' },
    repositories,
  })
  dispatcher = new Agent()
  job = new RecordingJob()
  authorizationServer = new InMemoryAuthorizationServer('refresh-token-0')
  clock.advance(3_600_000)
})

afterEach(async () => {
  await dispatcher.destroy()
  await proxy.close()
  await github.close()
  expect(github.violations).toEqual([])
})

const names = Array.from({ length: 100 }, (_, index) => `AT_${index}`)

/** In this process: what a child would sleep for is two minutes. */
async function run(accessTokenPlaces: string[] = []): Promise<RotationReport> {
  const system = new ClockSystem(clock)
  const info = (line: string): void => {
    job.info(line)
  }
  const api = openApi(proxy.url, dispatcher, { system, info })
  const recordApi = openApi(proxy.url, dispatcher, {
    system,
    credential: given('record'),
  })
  const address = { owner: 'acme', repository: 'web', id: 'the-id' }
  const runs = new InMemoryRuns()
  runs.createdAt = clock.now()
  return rotate(
    {
      owner: {
        repository: 'acme/web',
        runId: '1',
        attempt: '1',
        job: 'rotate',
        nonce: 'nonce',
      },
      refreshToken: new SecretValue('refresh-token-0'),
      ...openAll(api, place('RT'), accessTokenPlaces.map(place)),
      run: { event: 'schedule', actor: 'octocat', version: '1.0.0' },
      placeName: 'repository://rt',
      minimumValiditySeconds: 900,
      facts: { rotationClass: 'strict', graceSeconds: 0 },
      usesEscrow: true,
      isDryRun: false,
      isForced: false,
      isByPerson: false,
      fallback: 'none',
      lifetimes: {},
      keepsOldAccessToken: false,
    },
    {
      authorizationServer,
      records: new GitRecordStore(address, recordApi, () => undefined),
      runs,
      journal: new InMemoryJournal(),
      job,
      system,
      keyring: new SymbolicKeyring(),
    },
  )
}

function place(path: string): Place {
  const parsed = parsePlace(path, { owner: 'acme', repository: 'web' })
  if (typeof parsed === 'string') throw new Error(parsed)
  return parsed
}

/** What somebody takes who knows all limits and hits none. */
function leastMilliseconds(reads: number, writes: number): number {
  const ideal = new Clock()
  const start = ideal.now()
  const counter = new LimitCounter(ideal, limits)
  const methods = [...Array<string>(reads).fill('GET')].concat(
    Array<string>(writes).fill('PUT'),
  )
  for (const method of methods) {
    for (;;) {
      const { refusal, headers } = counter.count(method)
      if (refusal === undefined) break
      ideal.advance(Number(headers['retry-after']) * 1000)
    }
  }
  return ideal.now().getTime() - start.getTime()
}

test('in hardly more time than the limits themselves take', async () => {
  const start = clock.now().getTime()
  const report = await run(names.map((name) => `organization:acme/${name}`))
  const took = clock.now().getTime() - start
  expect(report.outcome).toBe('rotated')
  const organization = github.store('organization:acme')
  for (const name of names) {
    expect(organization.get(name)?.value).toBe('access-token-1')
  }
  const asked = github.requests.filter(({ headers }) =>
    /\btoken$/.test(headers['authorization'] ?? ''),
  )
  const reads = asked.filter(({ method }) => method === 'GET').length
  const writes = asked.length - reads
  // The refresh token, the probes of two stores, and a hundred places.
  expect(writes).toBe(1 + 4 + 100)
  // Two keys, twice when the secret was written, who may read each of a hundred,
  // and what may stand before them.
  expect(reads).toBe(2 + 2 + 100 + 2)
  expect(github.refusedForLimits).toBe(0)
  const ratio = took / leastMilliseconds(reads, writes)
  expect(ratio).toBeLessThanOrEqual(1.1)
})

test('a single rotation does not wait for anything', async () => {
  const start = clock.now().getTime()
  const report = await run(['organization:acme/AT_0'])
  expect(report.outcome).toBe('rotated')
  expect(clock.now().getTime() - start).toBeLessThan(5000)
})

/** GitHub has had enough of this token right after the refresh. */
async function strike(headers: Record<string, string>): Promise<void> {
  proxy.rules.push({
    method: 'PUT',
    path: /\/RT$/,
    times: 1,
    fault: {
      kind: 'respond',
      status: 403,
      headers: { date: clock.now().toUTCString(), ...headers },
      body: '{"message":"You have exceeded a secondary rate limit."}',
    },
  })
  const start = clock.now().getTime()
  const report = await run(['organization:acme/AT_0'])
  expect(report).toMatchObject({
    outcome: 'rotated',
    credentialState: 'stored',
  })
  expect(github.repository('acme/web').secrets.get('RT')?.value).toBe(
    authorizationServer.live,
  )
  expect(authorizationServer.presented).toEqual(['refresh-token-0'])
  const waited = clock.now().getTime() - start
  expect(waited).toBeGreaterThanOrEqual(60_000)
  expect(waited).toBeLessThan(70_000)
  expect(job.lines.join('\n')).toContain('asking again in 60 s')
}

test('a secondary limit between the refresh and the store is waited for', () =>
  strike({ 'retry-after': '60' }))

test('also when GitHub does not say for how long', () => strike({}))

test('a primary limit is waited for until it is reset', async () => {
  const reset = Math.floor(clock.now().getTime() / 1000) + 59
  await strike({
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': String(reset),
  })
})
