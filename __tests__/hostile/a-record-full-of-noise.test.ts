import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  test,
} from '@jest/globals'

import type { FaultProxy, Rule } from '../support/fault-proxy.ts'
import {
  appendContent,
  expectHealed,
  expectIgnored,
  expectTrust,
  newestState,
  refOf,
  runNextDay,
} from '../support/expect-trust.ts'
import type { Content } from '../support/forgeries.ts'
import { WorldContest } from '../support/world-contest.ts'

describe('that is no version', () => {
  let contest: WorldContest
  let blocked: Content

  /** One grant for all of them: whatever is appended, it goes on. */
  beforeAll(async () => {
    contest = await WorldContest.start()
    await contest.run()
    await contest.run('finds the secret closed', true)
    blocked = newestState(contest)
    await contest.run()
  })

  afterAll(() => contest.close())

  function wrap(text: string): string {
    return `Idle\n\n${text}\n`
  }

  function nested(depth: number): string {
    return '['.repeat(depth) + ']'.repeat(depth)
  }

  /** With the name that counts, so that it is looked at closely. */
  function asCurrent(more: object): Content {
    return { ...newestState(contest), ...more }
  }

  const junk: [string, () => string[]][] = [
    [
      'not JSON',
      () => [
        '',
        'no empty line',
        wrap('{'),
        wrap(''),
        '\u0000',
        wrap('\u202e'),
      ],
    ],
    [
      'other JSON',
      () => ['[]', '[{"version":3}]', 'null', '3', '"claimed"', '{}'].map(wrap),
    ],
    [
      'nearly a megabyte',
      () => [
        wrap('A'.repeat(1_000_000)),
        wrap(JSON.stringify(asCurrent({ place: 'A'.repeat(1_000_000) }))),
        wrap(JSON.stringify(asCurrent({ more: 'A'.repeat(120_000) }))),
      ],
    ],
    [
      'deeply nested',
      () => [
        wrap(nested(50_000)),
        wrap(
          JSON.stringify(asCurrent({ x: 0 })).replace(
            '"x":0',
            `"x":${nested(50_000)}`,
          ),
        ),
        wrap(`${'{"escrow":'.repeat(10_000)}{}${'}'.repeat(10_000)}`),
      ],
    ],
    [
      'of the prototype',
      () => [
        wrap('{"__proto__":{"phase":"idle"},"version":3}'),
        wrap('{"version":3,"constructor":{"prototype":{"mac":"x"}}}'),
        wrap('{"version":3,"toString":1,"escrow":{"__proto__":null}}'),
      ],
    ],
    [
      'of another version',
      () =>
        [99, 1, 2, '3', null, -1].flatMap((version) =>
          [asCurrent({ version }), { ...blocked, version }].map((each) =>
            wrap(JSON.stringify(each)),
          ),
        ),
    ],
  ]

  test.each(junk)('%s', async (_, texts) => {
    for (const text of texts()) contest.intruder.appendMessage(text)
    await expectIgnored(contest)
  })

  test('31 of it, and what a run has written is still found', async () => {
    for (let count = 1; count <= 31; count++) {
      contest.intruder.appendMessage(`noise ${count}`)
    }
    await expectIgnored(contest)
  })

  // What remains: a lane can be hidden. A token that nothing speaks of is rotated.
  test('40 of it hide what a run has written, and the token is kept', async () => {
    for (let count = 1; count <= 40; count++) {
      contest.intruder.appendMessage(`noise ${count}`)
    }
    const { outputs } = await runNextDay(contest)
    expect(outputs['outcome']).toBe('rotated')
    await expectTrust(contest)
    await expectHealed(contest)
  })

  function appendCommit(
    tree: string,
    parents: readonly string[],
    content: unknown,
  ): void {
    const message = wrap(JSON.stringify(content))
    const { sha } = contest.git.addCommit({ message, tree, parents })
    expect(contest.git.updateRef(refOf(contest), sha, false)).toBeUndefined()
  }

  function tip(): string {
    return contest.git.refs.get(refOf(contest)) ?? ''
  }

  test('a merge whose first parent is something else', async () => {
    const { tree } = contest.git.commits.get(tip()) ?? { tree: '' }
    appendCommit(tree, [contest.git.head, tip()], newestState(contest))
    const { outputs } = await runNextDay(contest)
    // The chain is that of the first parents: nothing in it is authentic.
    expect(outputs['outcome']).toBe('rotated')
    await expectTrust(contest)
    await expectHealed(contest)
  })

  test('the tree of somebody else: the next version has its own', async () => {
    const { git } = contest
    const workflow = git.addBlob(
      'on: push\njobs: {x: {runs-on: ubuntu-latest}}',
    )
    const workflows = git.addTree([
      { name: 'evil.yml', mode: '100644', sha: workflow },
    ])
    const folder = git.addTree([
      { name: 'workflows', mode: '040000', sha: workflows },
    ])
    const tree = git.addTree([{ name: '.github', mode: '040000', sha: folder }])
    appendCommit(tree, [tip()], newestState(contest))
    await expectIgnored(contest)
    const mine = git.commits.get(tip())?.tree ?? ''
    expect(git.trees.get(mine)?.map(({ name }) => name)).toEqual(['README.md'])
  })

  test('a README of somebody else: the next version has its own', async () => {
    const { git } = contest
    const readme = git.addBlob('# Merge this')
    const tree = git.addTree([
      { name: 'README.md', mode: '100644', sha: readme },
    ])
    appendCommit(tree, [tip()], newestState(contest))
    await expectIgnored(contest)
    expect(git.commits.get(tip())?.tree).not.toBe(tree)
  })
})

describe('while a run is under way', () => {
  let contest: WorldContest

  beforeEach(async () => {
    contest = await WorldContest.start()
    await contest.run()
  })

  afterEach(() => contest.close())

  /** Everything that somebody may append in that moment. */
  const noises: [string, () => void][] = [
    [
      'text',
      () => {
        contest.intruder.appendMessage('noise')
      },
    ],
    [
      'a version',
      () => {
        appendContent(contest, newestState(contest))
      },
    ],
  ]

  interface Moment {
    readonly server: 'github' | 'authorization server'
    readonly request: Pick<Rule, 'method' | 'path'>
    readonly skipped?: number
    /** How the run may end that it happens to. */
    readonly outcomes: readonly string[]
  }

  const moments: [string, Moment][] = [
    [
      'between read and claim',
      {
        server: 'github',
        request: { method: 'PATCH', path: /git\/refs/ },
        outcomes: ['failed'],
      },
    ],
    [
      'between claim and token request',
      {
        server: 'authorization server',
        request: { method: 'POST', path: /\/token$/ },
        outcomes: ['rotated'],
      },
    ],
    [
      'between token request and write',
      {
        server: 'github',
        request: { method: 'PUT', path: /\/REFRESH_TOKEN$/ },
        outcomes: ['rotated'],
      },
    ],
    [
      'between write and commit',
      {
        server: 'github',
        request: { method: 'PATCH', path: /git\/refs/ },
        skipped: 1,
        outcomes: ['rotated', 'partial'],
      },
    ],
  ]

  describe.each(moments)(
    '%s',
    (_, { server, request, skipped = 0, outcomes }) => {
      test.each(noises)('%s', async (_noise, append) => {
        const proxy: FaultProxy =
          server === 'github'
            ? contest.world.githubProxy
            : contest.world.authorizationProxy
        if (skipped > 0) {
          proxy.rules.push({
            ...request,
            times: skipped,
            fault: { kind: 'pass' },
          })
        }
        let isDone = false
        proxy.rules.push({
          ...request,
          times: 1,
          fault: { kind: 'pass' },
          meanwhile() {
            isDone = true
            append()
          },
        })
        contest.clock.advance(86_400_000)
        const { main } = await contest.runAction()
        expect(isDone).toBe(true)
        expect(outcomes).toContain(main.outputs['outcome'])
        await expectTrust(contest)
        await expectHealed(contest)
      })
    },
  )

  test('a request that hangs, and a version each second: the token is kept', async () => {
    const answered = Promise.withResolvers<undefined>()
    contest.world.authorizationProxy.rules.push({
      method: 'POST',
      path: /\/token$/,
      times: 1,
      fault: {
        kind: 'hold',
        until: async () => {
          for (let count = 1; count <= 10; count++) {
            appendContent(contest, newestState(contest))
            contest.clock.advance(20_000)
          }
          answered.resolve(undefined)
          await answered.promise
        },
      },
    })
    contest.clock.advance(86_400_000)
    const { main } = await contest.runAction()
    expect(main.outputs['outcome']).not.toMatch(/^skipped/)
    expect(contest.strayRequests()).toEqual([])
    await expectHealed(contest)
  })
})
