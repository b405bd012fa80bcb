/**
 * The main job on this machine: starts an authorization server and a stand-in for
 * GitHub on loopback and plays three scheduled runs of the bundle in dist/, as
 * GitHub would start it, and then three bad days. Exits with 0 only if the proof
 * at the end holds.
 *
 *   npm start
 *   npm start -- --keep   leaves the servers up
 */
import type { ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import {
  JOB_TOKEN,
  REPOSITORY,
  World,
  type RunOptions,
} from '../__tests__/support/world.ts'

const HOURS_BETWEEN_RUNS = 8
/** Three good days and three bad ones; nothing is refreshed to repair a day. */
const REFRESHES = 6

const world = await World.start()
const { authorizationServer, clock } = world
const isKept = process.argv.includes('--keep')
const problems: string[] = []

console.log(`Rotate Token: three scheduled runs and three bad days, on this machine

authorization server  ${authorizationServer.issuer}
                      oidc-provider: rotates at every refresh; a replayed token ends the grant
GitHub's API          ${world.github.url}
                      a stand-in: opens every sealed box, keeps to GitHub's OpenAPI description
secret                REFRESH_TOKEN of ${REPOSITORY}: refresh token ${fingerprint(world.storedRefreshToken)}`)

clock.set(nextNight())
for (let run = 1; run <= 3; run++) {
  await playRun(`run ${run}, on schedule`, 'rotated')
}

world.githubProxy.rules.push({
  method: 'PUT',
  path: /\/REFRESH_TOKEN$/,
  times: 1,
  fault: {
    kind: 'respond',
    status: 403,
    body: '{"message":"Resource not accessible by personal access token"}',
  },
})
await playRun(
  'a bad day: GitHub refuses the new token when the old one is spent',
  'failed',
)
await playRun('the next run stores the sealed copy', 'recovered-escrow')

let main: ChildProcess | undefined
world.githubProxy.rules.push({
  method: 'PUT',
  path: /\/REFRESH_TOKEN$/,
  times: 1,
  fault: {
    kind: 'wait',
    until: async () => {
      main?.kill('SIGKILL')
      await new Promise(() => undefined)
    },
  },
})
await playRun(
  'a bad day: the step is killed while it stores the new token',
  'recovered-journal',
  {
    onStart: (child) => {
      main = child
    },
  },
)

const waiting = world.queue()
await playRun('a bad day: two runs are queued; this is the first', 'rotated')
await playRun('the second has the token from before', 'skipped-stale', {
  queued: waiting,
})

const isProven = await prove()
if (isKept) keep()
else await world.close()
process.exitCode = isProven ? 0 : 1

async function playRun(
  name: string,
  expected: string,
  options: RunOptions = {},
): Promise<void> {
  const before = world.storedRefreshToken
  const time = clock.now().toISOString().slice(0, 16).replace('T', ' ')
  console.log(`\n--- ${name}, ${time} UTC ---`)
  const { main, post } = await world.run({
    with: { 'access-token-secrets': 'ACCESS_TOKEN' },
    ...options,
  })
  for (const line of [...main.log, ...post.log]) console.log(`  ${line}`)
  const after = world.storedRefreshToken
  const { outcome = main.outputs['outcome'] ?? 'none' } = post.outputs
  const isLive = await authorizationServer.acceptsRefreshToken(after ?? '')
  console.log(`what changed:
  REFRESH_TOKEN  ${fingerprint(before)} -> ${fingerprint(after)}, ${isLive ? 'accepted' : 'not accepted'} by the authorization server
  outcome ${outcome}, credential ${(post.outputs['credential-state'] ?? main.outputs['credential-state']) || 'none'}`)
  if (outcome !== expected) problems.push(`${name}: ${outcome}`)
  clock.advance(HOURS_BETWEEN_RUNS * 3_600_000)
}

async function prove(): Promise<boolean> {
  const stored = world.storedRefreshToken ?? ''
  const live = await authorizationServer.liveRefreshTokens()
  const claims: [string, boolean][] = [
    [
      ['each run ended as it should', ...problems].join('; not: '),
      problems.length === 0,
    ],
    [
      `the authorization server saw ${REFRESHES} refreshes`,
      authorizationServer.refreshes === REFRESHES,
    ],
    ['it saw no replay', authorizationServer.replays === 0],
    [
      'the secret that GitHub holds is the newest refresh token, and the only live one',
      live.length === 1 && live[0] === stored,
    ],
    [
      'the authorization server accepts it',
      await authorizationServer.acceptsRefreshToken(stored),
    ],
    // World searches each run and throws.
    ['no log, file or request showed a token', true],
  ]
  console.log('\nproof:')
  for (const [claim, holds] of claims) {
    console.log(`  ${holds ? 'yes' : 'NO '}  ${claim}`)
  }
  return claims.every(([, holds]) => holds)
}

/** The time of the first run of a schedule like the one in the README. */
function nextNight(): Date {
  const night = clock.now()
  night.setUTCDate(night.getUTCDate() + 1)
  night.setUTCHours(3, 17, 4)
  return night
}

/** Tells tokens apart without showing one. */
function fingerprint(token = ''): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 8)
}

function keep(): void {
  const folder = mkdtempSync(join(tmpdir(), 'rotate-token-'))
  const job = join(folder, 'job.json')
  writeFileSync(
    job,
    JSON.stringify(
      {
        repository: REPOSITORY,
        eventName: 'workflow_dispatch',
        apiUrl: world.githubProxy.url,
        runId: String(world.queue().run.id),
        token: JOB_TOKEN,
        with: { ...world.inputs, 'access-token-secrets': 'ACCESS_TOKEN' },
      },
      undefined,
      2,
    ),
  )
  console.log(`
The servers stay up until Ctrl+C. To run the action once more, as a job by hand:

  ${process.execPath} __tests__/support/runner/runner.ts ${job}

That file holds the inputs. To look at what GitHub holds now, and at what the
authorization server has seen:

  curl -s -d '{"repository":"${REPOSITORY}","name":"REFRESH_TOKEN"}' ${world.github.url}/_control/read-secret
  curl -s -X POST ${authorizationServer.issuer}/_control/count-replays
`)
  process.once('SIGINT', () => {
    rmSync(folder, { recursive: true })
    void world.close()
  })
}
