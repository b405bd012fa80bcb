import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  test,
} from '@jest/globals'

import {
  appendContent,
  DAY_MILLISECONDS,
  expectHealed,
  expectIgnored,
  expectTrust,
  newestState,
  refOf,
  runNextDay,
} from '../support/expect-trust.ts'
import {
  pathsOf,
  valueAt,
  withValue,
  type Content,
} from '../support/forgeries.ts'
import { REPOSITORY } from '../support/world.ts'
import { WorldContest } from '../support/world-contest.ts'

const FAR_FUTURE = '2999-12-31T23:59:59.000Z'
const FAR_PAST = '0001-01-01T00:00:00.000Z'

/** One grant for all of them: whatever is said of it, it goes on. */
let contest: WorldContest
/** A state with every field, as one run or another has written it. */
let full: Content

beforeAll(async () => {
  contest = await WorldContest.start()
  await contest.run()
  await contest.run('finds the secret closed', true)
  const { claim, block } = newestState(contest)
  await contest.run()
  await contest.run()
  full = {
    ...newestState(contest),
    restUntil: contest.clock.now().toISOString(),
    grantSince: contest.clock.now().toISOString(),
    ...{ claim, block },
  }
})

afterAll(() => contest.close())

/** A person stores another grant, of which no version says anything. */
async function storeFreshGrant(): Promise<void> {
  contest.clock.advance(2000)
  contest.world.repository.secrets.set(
    'REFRESH_TOKEN',
    await contest.world.mintRefreshToken(),
  )
  contest.clock.advance(2000)
}

function inMinutes(minutes: number): string {
  const now = contest.clock.now().getTime()
  return new Date(now + minutes * 60_000).toISOString()
}

describe('an access token that is called good', () => {
  async function call(accessToken: Content): Promise<void> {
    appendContent(contest, {
      ...newestState(contest),
      pendingPlaces: [],
      accessToken,
    })
    await expectIgnored(contest)
    expect(contest.isNothingDue()).toBe(true)
  }

  test('though it expired a day ago: it is replaced', async () => {
    const { accessToken } = newestState(contest)
    await call({ ...(accessToken as Content), expiresAt: FAR_FUTURE })
  })

  test('though it is garbage: it is replaced', async () => {
    const { repository } = contest.world
    repository.secrets.set('ACCESS_TOKEN', 'garbage-that-nobody-has-issued-00')
    const { accessToken } = newestState(contest)
    await call({ ...(accessToken as Content), expiresAt: FAR_FUTURE })
  })

  test('in a record that nobody has authenticated: it is replaced', async () => {
    await storeFreshGrant()
    const { accessToken } = newestState(contest)
    appendContent(contest, {
      ...newestState(contest),
      pendingPlaces: [],
      accessToken: { ...(accessToken as Content), expiresAt: FAR_FUTURE },
    })
    const main = await runNextDay(contest)
    expect(main.outputs['outcome']).toBe('rotated')
    await expectTrust(contest)
  })

  test('in the only version that there is: it is replaced', async () => {
    const state = newestState(contest)
    const { accessToken } = state
    const { tree } = [...contest.git.commits.values()].at(-1) ?? { tree: '' }
    const content = {
      ...state,
      accessToken: { ...(accessToken as Content), expiresAt: FAR_FUTURE },
    }
    const { sha } = contest.git.addCommit({
      message: `Idle\n\n${JSON.stringify(content)}\n`,
      tree,
    })
    contest.git.refs.set(refOf(contest), sha)
    const main = await runNextDay(contest)
    expect(main.outputs['outcome']).toBe('rotated')
    await expectTrust(contest)
  })
})

/** Each time field with each time, also as one run that holds the record now. */
function statesAt(time: string): Content[] {
  const times = pathsOf(full).filter((path) =>
    /^\d{4}-\d\d-\d\dT/.test(String(valueAt(full, path))),
  )
  expect(times.length).toBeGreaterThan(8)
  return times.flatMap((path) =>
    ['claimed', 'blocked'].map((phase) => ({
      ...withValue(full, path, time),
      phase,
    })),
  )
}

describe.each([
  ['far in the future', FAR_FUTURE],
  ['far in the past', FAR_PAST],
])('each time in it is %s', (_, time) => {
  test('above what a run has written: it is ignored', async () => {
    for (const state of statesAt(time)) appendContent(contest, state)
    await expectIgnored(contest)
  })

  test('above nothing that counts: nobody waits for it', async () => {
    await storeFreshGrant()
    for (const state of statesAt(time)) appendContent(contest, state)
    const main = await runNextDay(contest)
    expect(main.outputs['outcome']).toBe('rotated')
    await expectTrust(contest)
  })
})

describe('a run of somebody else as the owner', () => {
  let claimed: Content

  /** It runs, and goes on running. */
  beforeEach(() => {
    const { runs } = contest.world.repository
    const owner = {
      repository: REPOSITORY,
      runId: String(runs.addRun().id),
      attempt: '1',
      job: 'endless',
      nonce: '0'.repeat(16),
    }
    claimed = {
      ...full,
      phase: 'claimed',
      claim: {
        ...(full['claim'] as Content),
        owner,
        heldSince: inMinutes(0),
        coolUntil: inMinutes(30),
      },
    }
  })

  test('above what a run has written: it is ignored', async () => {
    appendContent(contest, {
      ...claimed,
      claim: {
        ...(claimed['claim'] as Content),
        heldSince: new Date(
          contest.clock.now().getTime() + DAY_MILLISECONDS,
        ).toISOString(),
      },
    })
    await expectIgnored(contest)
  })

  test('above nothing that counts: in red, for half an hour', async () => {
    await storeFreshGrant()
    appendContent(contest, claimed)
    const { main } = await contest.runAction()
    expect(main.exitCode).toBe(1)
    expect(main.outputs).toMatchObject({
      outcome: 'failed',
      'error-code': 'RECORD_UNVERIFIED',
      'credential-state': 'unchanged',
    })
    await expectTrust(contest)
    contest.clock.advance(31 * 60_000)
    const later = await contest.runAction()
    expect(later.main.outputs['outcome']).toBe('rotated')
  })

  test.each<[string, () => Content]>([
    [
      'cooling',
      () => ({
        ...claimed,
        claim: {
          ...(claimed['claim'] as Content),
          coolUntil: inMinutes(20),
          owner: {
            repository: REPOSITORY,
            runId: '1',
            attempt: '1',
            job: 'gone',
            nonce: 'x',
          },
        },
      }),
    ],
    [
      'resting',
      () => ({
        ...full,
        phase: 'idle',
        claim: undefined,
        restUntil: inMinutes(20),
      }),
    ],
  ])('%s is believed for as long as it can be, in red', async (_, content) => {
    await storeFreshGrant()
    appendContent(contest, content())
    const { main } = await contest.runAction()
    expect(main.outputs['error-code']).toBe('RECORD_UNVERIFIED')
    expect(main.exitCode).toBe(1)
    await expectHealed(contest)
  })
})
