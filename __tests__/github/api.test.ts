import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Agent } from 'undici'

import { describeAnswer, type Answer } from '../../src/github/answer.ts'
import { HeldSecrets } from '../../src/rotation/outcome/foreign-text.ts'
import { SecretValue } from '../../src/rotation/tokens/secret-value.ts'
import { FaultProxy, type Fault } from '../support/fault-proxy.ts'
import { given, openApi } from '../support/github-api.ts'
import { GitHubStandIn } from '../support/github/stand-in.ts'
import { TestSystem } from '../support/test-system.ts'

const TOKEN = 'github_pat_test'

let github: GitHubStandIn
let proxy: FaultProxy
let dispatcher: Agent
let system: TestSystem
let lines: string[]
let held: HeldSecrets

beforeEach(async () => {
  github = new GitHubStandIn()
  await github.start()
  const repository = github.addRepository('acme/web')
  repository.secrets.set('EXISTING', 'value')
  github.addToken(TOKEN, {
    kind: 'fine-grained',
    permissions: { secrets: 'write' },
    repositories: ['acme/web'],
  })
  proxy = new FaultProxy(github.url)
  await proxy.start()
  dispatcher = new Agent({ allowH2: false })
  system = new TestSystem((milliseconds) => {
    github.clock.advance(milliseconds)
  })
  lines = []
  held = new HeldSecrets()
})

afterEach(async () => {
  await dispatcher.destroy()
  await proxy.close()
  await github.close()
  expect(github.violations).toEqual([])
})

function get(budgetMilliseconds = 120_000): Promise<Answer> {
  return openApi(proxy.url, dispatcher, {
    credential: given(TOKEN),
    system,
    info: (line) => lines.push(line),
    quote: held.quote,
    attemptMilliseconds: 1000,
  }).send({
    route: 'GET /repos/{owner}/{repo}/actions/secrets/{secret_name}',
    parameters: { owner: 'acme', repo: 'web', secret_name: 'EXISTING' },
    budgetMilliseconds,
  })
}

function fault(what: Fault, times?: number): void {
  proxy.rules.push({ fault: what, ...(times !== undefined && { times }) })
}

test('gives the answer with the time of the server', async () => {
  const answer = await get()
  expect(answer).toMatchObject({ kind: 'answer', status: 200 })
  expect(answer.data).toMatchObject({ name: 'EXISTING' })
  expect(answer.date).toBeInstanceOf(Date)
  expect(proxy.requests).toHaveLength(1)
  expect(lines).toEqual([])
})

describe('recovers', () => {
  test.each<[string, Fault, number, number[]]>([
    ['500 once', { kind: 'respond', status: 500 }, 1, [250]],
    ['502 three times', { kind: 'respond', status: 502 }, 3, [250, 500, 1000]],
    [
      '429 with Retry-After',
      { kind: 'respond', status: 429, headers: { 'retry-after': '30' } },
      1,
      [30_000],
    ],
    [
      '403 with Retry-After',
      { kind: 'respond', status: 403, headers: { 'retry-after': '30' } },
      1,
      [30_000],
    ],
    ['a dropped request', { kind: 'drop', when: 'before' }, 1, [250]],
    ['a dropped answer', { kind: 'drop', when: 'after' }, 1, [250]],
    ['a hang', { kind: 'hang', when: 'before' }, 1, [250]],
    ['a body cut short', { kind: 'cut', keep: () => 10 }, 1, [250]],
  ])('from %s', async (_, what, times, sleeps) => {
    fault(what, times)
    expect(await get()).toMatchObject({ kind: 'answer', status: 200 })
    expect(proxy.requests).toHaveLength(times + 1)
    expect(system.sleeps).toEqual(sleeps)
    expect(lines).toHaveLength(times)
  })

  test('from an exhausted primary limit, when GitHub says that it is reset', async () => {
    github.addToken(
      TOKEN,
      {
        kind: 'fine-grained',
        permissions: { secrets: 'write' },
        repositories: ['acme/web'],
      },
      {
        perHour: 1,
        pointsPerMinute: 900,
        writesPerMinute: 80,
        writesPerHour: 500,
      },
    )
    await get()
    github.clock.advance(3_500_000)
    expect(await get()).toMatchObject({ status: 200 })
    expect(system.sleeps).toHaveLength(1)
    // 100 s are left of the hour, and the headers have whole seconds.
    expect(system.sleeps[0]).toBeGreaterThan(98_000)
    expect(system.sleeps[0]).toBeLessThan(103_000)
  })
})

describe('gives up', () => {
  test('when the budget would not hold the next pause', async () => {
    fault({ kind: 'respond', status: 500 })
    expect(await get(3000)).toMatchObject({ status: 500 })
    expect(system.sleeps).toEqual([250, 500, 1000])
  })

  test('at once when GitHub asks for more patience than there is', async () => {
    fault({ kind: 'respond', status: 429, headers: { 'retry-after': '3600' } })
    expect(await get()).toMatchObject({ status: 429 })
    expect(proxy.requests).toHaveLength(1)
  })

  test('after one attempt without a budget', async () => {
    fault({ kind: 'drop', when: 'before' })
    expect(await get(0)).toMatchObject({ kind: 'no-answer' })
    expect(proxy.requests).toHaveLength(1)
  })

  test.each([400, 401, 403, 404, 409, 422])('at once on %d', async (status) => {
    fault({ kind: 'respond', status, body: '{"message":"No\\n::error::"}' })
    const answer = await get()
    expect(answer).toMatchObject({ status })
    expect(describeAnswer(answer)).toBe(`answered ${status} "No ::error::"`)
    expect(proxy.requests).toHaveLength(1)
  })
})

test('says why it waits, without anything of the request', async () => {
  fault({ kind: 'respond', status: 502, body: '{"message":"Server Error"}' }, 1)
  await get()
  expect(lines).toEqual([
    'GitHub answered 502 "Server Error"; asking again in 0.3 s.',
  ])
})

test('withholds a message that quotes a secret', async () => {
  held.add(new SecretValue(TOKEN))
  const body = JSON.stringify({ message: `bad token ${btoa(TOKEN)}` })
  fault({ kind: 'respond', status: 400, body })
  expect(describeAnswer(await get())).toBe(
    'answered 400 "(withheld: it quotes a secret)"',
  )
})

test('leaves GitHub alone with all requests when it has had enough of one', async () => {
  const sleeping: { milliseconds: number; wake: () => void }[] = []
  system.sleep = (milliseconds) =>
    new Promise((resolve) => {
      sleeping.push({
        milliseconds,
        wake: () => {
          system.pass(milliseconds)
          resolve()
        },
      })
    })
  fault({ kind: 'respond', status: 429, headers: { 'retry-after': '30' } }, 1)
  const api = openApi(proxy.url, dispatcher, {
    credential: given(TOKEN),
    system,
  })
  const request = {
    route: 'GET /repos/{owner}/{repo}/actions/secrets/public-key',
    parameters: { owner: 'acme', repo: 'web' },
    budgetMilliseconds: 120_000,
  } as const
  const first = api.send(request)
  while (sleeping.length === 0) await new Promise(setImmediate)
  const second = api.send(request)
  while (sleeping.length === 1) await new Promise(setImmediate)
  expect(sleeping.map(({ milliseconds }) => milliseconds)).toEqual([
    30_000, 30_000,
  ])
  expect(proxy.requests).toHaveLength(1)
  for (const { wake } of sleeping) wake()
  expect(await Promise.all([first, second])).toMatchObject([
    { status: 200 },
    { status: 200 },
  ])
})

test('follows GitHub to a repository that has been renamed', async () => {
  const location = `${proxy.url}/repos/acme/web/actions/secrets/EXISTING`
  fault({ kind: 'respond', status: 301, headers: { location } }, 1)
  expect(await get()).toMatchObject({ kind: 'answer', status: 200 })
  expect(proxy.requests).toHaveLength(2)
  expect(proxy.requests[1]?.headers['authorization']).toBe(`Bearer ${TOKEN}`)
})

test('takes the token nowhere else', async () => {
  const elsewhere = new FaultProxy(github.url)
  await elsewhere.start()
  const location = `${elsewhere.url}/repos/acme/web/actions/secrets/EXISTING`
  fault({ kind: 'respond', status: 301, headers: { location } }, 1)
  expect(await get()).toMatchObject({ kind: 'answer', status: 200 })
  // It asks again, there as here: nobody sends GitHub's requests elsewhere.
  expect(elsewhere.requests).toEqual([])
  expect(proxy.requests).toHaveLength(2)
  await elsewhere.close()
})

test('keeps the path of GitHub Enterprise Server', async () => {
  const enterprise = new GitHubStandIn({ basePath: '/api/v3' })
  await enterprise.start()
  const answer = await openApi(`${enterprise.url}/`, dispatcher, {
    credential: given(TOKEN),
    system,
  }).send({
    route: 'GET /repos/{owner}/{repo}/actions/secrets/public-key',
    parameters: { owner: 'acme', repo: 'web' },
    budgetMilliseconds: 0,
  })
  expect(answer).toMatchObject({ status: 401, message: 'Bad credentials' })
  expect(enterprise.requests[0]?.path).toBe(
    '/api/v3/repos/acme/web/actions/secrets/public-key',
  )
  await enterprise.close()
})
