import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import type { Reply } from '../support/fault-proxy.ts'
import type { RunResult } from '../support/runner/runner.ts'
import { GITHUB_TOKEN, World } from '../support/world.ts'

let world: World

beforeEach(async () => {
  world = await World.start()
})

afterEach(() => world.close())

/** A gateway answers instead, with the reply of the server in its own words. */
function rewrite(words: (reply: string) => string, status = 502): void {
  world.authorizationProxy.rules.push({
    method: 'POST',
    times: 1,
    fault: {
      kind: 'rewrite',
      rewrite: ({ body, headers }: Reply) => ({
        status,
        headers: { date: headers.date ?? '', 'content-type': 'text/plain' },
        body: Buffer.from(words(body.toString())),
      }),
    },
  })
}

async function expectKept({ main }: RunResult): Promise<void> {
  expect(main.outputs['outcome']).toBe('rotated')
  expect(await world.authorizationServer.liveRefreshTokens()).toEqual([
    world.storedRefreshToken,
  ])
}

describe('a reply in the words of a gateway is found, and printed nowhere', () => {
  test.each<[string, (reply: string) => string]>([
    [
      'in a message',
      (reply) =>
        JSON.stringify({ message: `Invalid upstream reply: ${reply}` }),
    ],
    ['as a body', (reply) => JSON.stringify({ body: reply })],
    ['as one string', (reply) => JSON.stringify(reply)],
    [
      'as a string in a string',
      (reply) => JSON.stringify(JSON.stringify(reply)),
    ],
    [
      'beside an error',
      (reply) => JSON.stringify({ error: 'bad_gateway', detail: reply }),
    ],
    [
      'in a message that was cut',
      (reply) => JSON.stringify({ message: `Odd: ${reply}` }).slice(0, -4),
    ],
    [
      'in base64, as functions answer',
      (reply) => JSON.stringify({ isBase64Encoded: true, body: btoa(reply) }),
    ],
  ])('%s', async (_, words) => {
    rewrite(words)
    await expectKept(await world.run())
  })
})

/** What World looks for in all that is printed, so it is enough to run. */
describe('a reply that nobody can read is printed nowhere', () => {
  test.each<[string, (reply: string) => string]>([
    [
      'in base64, with something around it',
      (reply) => JSON.stringify({ message: `got ${btoa(reply)}` }),
    ],
    [
      'as bytes',
      (reply) => JSON.stringify({ message: [...Buffer.from(reply)].join(' ') }),
    ],
    ['in a page', (reply) => `<pre>${reply.replaceAll('"', '&quot;')}</pre>`],
    [
      'in UTF-16',
      (reply) => JSON.stringify({ message: Array.from(reply).join('\0') }),
    ],
    [
      'in hex',
      (reply) => JSON.stringify({ error: Buffer.from(reply).toString('hex') }),
    ],
    [
      'with other names',
      (reply) =>
        JSON.stringify({
          error_description: reply.replaceAll(/"(\w+)":/g, 'the $1 is '),
        }),
    ],
    ['as an error code', (reply) => JSON.stringify({ error: valuesOf(reply) })],
  ])('%s', async (_, words) => {
    rewrite(words)
    const { main } = await world.run()
    expect(main.outputs).toMatchObject({
      outcome: 'failed',
      'error-code': 'TOKEN_REQUEST_INDETERMINATE',
    })
    expect(main.annotations[0]?.message).toContain('HTTP 502')
  })
})

function valuesOf(reply: string): string {
  return Object.values(JSON.parse(reply) as object).join(' ')
}

test.each([200, 400, 403, 404, 405, 502])(
  'the sample of a documentation page with %d is no token',
  async (status) => {
    const before = world.storedRefreshToken ?? ''
    const sample = '{"access_token":"sample-at","refresh_token":"sample-rt"}'
    world.authorizationProxy.rules.push({
      method: 'POST',
      fault: {
        kind: 'respond',
        status,
        headers: { 'content-type': 'text/html' },
        body: `<!doctype html><pre>${sample}</pre>`,
      },
    })
    const { main } = await world.run()
    expect(main.outputs['outcome']).toBe('failed')
    expect(world.storedRefreshToken).toBe(before)
  },
)

test('a page without sentences is a status and a length', async () => {
  rewrite(() => `<html>${'0123456789abcdef'.repeat(100)}</html>`)
  const { main } = await world.run()
  expect(main.annotations[0]?.message).toContain(
    'HTTP 502 without a JSON object (1613 bytes)',
  )
})

describe('a request that comes back in an error is printed nowhere', () => {
  /** All that the server was told, as a log of it would show it. */
  function echo(words: (request: string) => string): void {
    world.authorizationProxy.rules.push({
      method: 'POST',
      times: 1,
      fault: {
        kind: 'rewrite',
        rewrite: (reply) => {
          const [asked] = world.authorizationProxy.requests
          const { authorization = '' } = asked?.headers ?? {}
          const request = `Authorization: ${authorization} ${asked?.body ?? ''}`
          return {
            ...reply,
            status: 400,
            headers: { 'content-type': 'application/json' },
            body: Buffer.from(
              JSON.stringify({
                error: 'odd',
                error_description: words(request),
              }),
            ),
          }
        },
      },
    })
  }

  test.each<[string, (request: string) => string]>([
    ['as it was', (request) => request],
    ['in base64', (request) => btoa(request)],
    ['escaped', (request) => encodeURIComponent(request)],
    [
      'escaped twice',
      (request) => encodeURIComponent(encodeURIComponent(request)),
    ],
    ['the header alone', (request) => request.split(' ').slice(0, 3).join(' ')],
    [
      'letter by letter',
      (request) => request.split(' ')[2]?.slice(4, 24) ?? '',
    ],
  ])('%s', async (_, words) => {
    world.repository.secrets.set('CLIENT_SECRET', world.client.secret)
    echo(words)
    const { main } = await world.run()
    expect(main.outputs['outcome']).toBe('failed')
    expect(main.annotations[0]?.message).toContain('HTTP 400 odd')
    expect(main.annotations[0]?.message).toMatch(/withheld|\[cut\]|characters/)
  })
})

test.each<[string, string]>([
  ['as it is', GITHUB_TOKEN],
  ['in base64', btoa(`x:${GITHUB_TOKEN}`)],
  ['in hex', Buffer.from(GITHUB_TOKEN).toString('hex')],
])('the token for GitHub in what GitHub says, %s', async (_, text) => {
  world.githubProxy.rules.push({
    path: /public-key$/,
    fault: {
      kind: 'respond',
      status: 403,
      headers: { 'x-accepted-github-permissions': `secrets=${text}` },
      body: JSON.stringify({ message: `Token ${text} is not good` }),
    },
  })
  const { main } = await world.run()
  expect(main.outputs['error-code']).toBe('PERMISSION_MISSING')
})

describe('the words of a server in the summary', () => {
  test.each([
    'see https://evil.example/a?b=c now',
    'see [here](https://evil.example) now',
    '![x](https://evil.example/x.png) is it',
    '<img src="https://evil.example/x.png"> is it',
    'ask @octocat about #4711 of it',
    '# A heading of it',
    'mail a@evil.example for it',
  ])('are words: %s', async (words) => {
    rewrite(
      () => JSON.stringify({ error: 'odd', error_description: words }),
      400,
    )
    const { main } = await world.run()
    expect(main.annotations[0]?.message).toContain('HTTP 400 odd')
    const { marked } = await import('marked')
    const html = await marked.parse(main.summary, { gfm: true })
    expect(html).not.toMatch(/<(a|img|h1|h2)\b/)
    expect(html).not.toMatch(/@octocat|#4711/)
  })
})
