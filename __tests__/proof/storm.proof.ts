import { expect, test } from '@jest/globals'

import { GITHUB_TOKEN, JOB_TOKEN, REPOSITORY, World } from '../support/world.ts'

const RUNS = 50
const TIMEOUT_MILLISECONDS = 180_000

/** GitHub's limits are for another test. */
const unlimited = {
  perHour: 1e6,
  pointsPerMinute: 1e6,
  writesPerMinute: 1e6,
  writesPerHour: 1e6,
}

test(
  `${RUNS} processes start at once with one refresh token: one refresh`,
  async () => {
    const world = await World.start()
    world.github.addToken(
      GITHUB_TOKEN,
      {
        kind: 'fine-grained',
        permissions: { secrets: 'write' },
        repositories: [REPOSITORY],
      },
      unlimited,
    )
    world.github.addToken(
      JOB_TOKEN,
      {
        kind: 'job',
        permissions: { contents: 'write', actions: 'read' },
        repositories: [REPOSITORY],
      },
      unlimited,
    )
    const { secrets } = world.queue()
    const results = await Promise.all(
      Array.from({ length: RUNS }, () =>
        world.run({
          queued: { run: world.repository.runs.addRun(), secrets },
        }),
      ),
    )
    const outcomes = results.map(({ main: { outputs } }) =>
      [outputs['outcome'], outputs['error-code']].join(' ').trim(),
    )
    const others = outcomes.filter(
      (outcome) => !/^skipped-(busy|stale)$/.test(outcome),
    )
    expect(others).toEqual(['rotated'])
    const { authorizationServer } = world
    expect(authorizationServer.refreshes).toBe(1)
    expect(authorizationServer.replays).toBe(0)
    expect(await authorizationServer.liveRefreshTokens()).toEqual([
      world.storedRefreshToken,
    ])
    expect((await world.run()).main.outputs['outcome']).toBe('rotated')
    await world.close()
  },
  TIMEOUT_MILLISECONDS,
)
