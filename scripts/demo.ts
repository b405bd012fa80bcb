/**
 * The main job on this machine: starts an authorization server and a stand-in for
 * GitHub on loopback and plays three scheduled runs of the bundle in dist/, as
 * GitHub would start it. Exits with 0 only if the proof at the end holds.
 *
 *   npm start
 *   npm start -- --keep   leaves the servers up
 */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { REPOSITORY, World } from '../__tests__/support/world.ts'

const RUNS = 3
const HOURS_BETWEEN_RUNS = 8

const world = await World.start()
const { authorizationServer, clock } = world
const isKept = process.argv.includes('--keep')

console.log(`Rotate Token: ${RUNS} scheduled runs on this machine

authorization server  ${authorizationServer.issuer}
                      oidc-provider: rotates at every refresh; a replayed token ends the grant
GitHub's API          ${world.github.url}
                      a stand-in: opens every sealed box, keeps to GitHub's OpenAPI description
secret                REFRESH_TOKEN of ${REPOSITORY}: refresh token ${fingerprint(world.storedRefreshToken)}`)

clock.set(nextNight())
const isEachRunGood: boolean[] = []
for (let run = 1; run <= RUNS; run++) {
  isEachRunGood.push(await playRun(run))
  clock.advance(HOURS_BETWEEN_RUNS * 3_600_000)
}
const isProven = await prove()
if (isKept) keep()
else await world.close()
process.exitCode = isProven ? 0 : 1

async function playRun(run: number): Promise<boolean> {
  const before = world.storedRefreshToken
  const time = clock.now().toISOString().slice(0, 16).replace('T', ' ')
  console.log(`\n--- run ${run}, on schedule, ${time} UTC ---`)
  const { main, post } = await world.run({
    with: { 'access-token-secrets': 'ACCESS_TOKEN' },
  })
  for (const line of [...main.log, ...post.log]) console.log(`  ${line}`)
  const after = world.storedRefreshToken
  const accessToken = world.repository.secrets.get('ACCESS_TOKEN')?.value ?? ''
  const isAlive = await authorizationServer.acceptsAccessToken(accessToken)
  console.log(`what changed:
  REFRESH_TOKEN  ${fingerprint(before)} -> ${fingerprint(after)}
  ACCESS_TOKEN   ${fingerprint(accessToken)}, ${isAlive ? 'accepted' : 'not accepted'} by the authorization server
  outcome ${main.outputs['outcome'] ?? ''}, credential ${main.outputs['credential-state'] ?? ''}, exit code ${main.exitCode}`)
  return main.exitCode === 0 && post.exitCode === 0 && isAlive
}

async function prove(): Promise<boolean> {
  const stored = world.storedRefreshToken ?? ''
  const live = await authorizationServer.liveRefreshTokens()
  const claims: [string, boolean][] = [
    ['each run ended well', isEachRunGood.every(Boolean)],
    [
      `the authorization server saw ${RUNS} refreshes`,
      authorizationServer.refreshes === RUNS,
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
