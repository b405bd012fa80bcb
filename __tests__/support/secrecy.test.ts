import { createPrivateKey } from 'node:crypto'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { signJwt } from './github/app-asking.ts'
import type { App } from './github/apps.ts'
import type { SeenRequest } from './http-server.ts'
import type { StepResult } from './runner/runner.ts'
import {
  findLeaksOfStep,
  findLeaksToGitHub,
  findLeaksToTokenEndpoint,
  findSecrets,
  type Leak,
} from './secrecy.ts'
import { APP_CLIENT_ID, World } from './world.ts'

const token = 'the token/with+odd="characters"~0123456789'
const secrets = new Set([token])

/** One that printed and left nothing. */
const step: StepResult = {
  exitCode: 0,
  signal: null,
  rawOutput: '',
  log: [],
  annotations: [],
  outputs: {},
  state: {},
  summary: '',
  files: {},
}

describe('a secret is found', () => {
  test.each<[string, string]>([
    ['plain', token],
    ['hex', Buffer.from(token).toString('hex')],
    ['hex in capitals', Buffer.from(token).toString('hex').toUpperCase()],
    ['URL-encoded', encodeURIComponent(token)],
    ['form-encoded', new URLSearchParams({ token }).toString()],
    ['JSON-escaped', JSON.stringify({ token })],
    ...['', 'a', 'ab', 'abc', 'abcd'].flatMap((before) =>
      (['base64', 'base64url'] as const).map((encoding): [string, string] => [
        `${encoding} after ${before.length} bytes`,
        Buffer.from(`${before}${token}and more`).toString(encoding),
      ]),
    ),
  ])('%s', (_, text) => {
    expect(findSecrets('here', `before ${text} after`, secrets)).not.toEqual([])
  })

  test('but not where there is none', () => {
    expect(findSecrets('here', 'the token', secrets)).toEqual([])
  })
})

describe('after a step', () => {
  test.each<[string, Partial<StepResult>]>([
    ['its output', { rawOutput: `x\n${token}\n` }],
    ['its output beside a mask', { rawOutput: `x ::add-mask::${token}` }],
    ['its summary', { summary: token }],
    ['a file', { files: { 'temp/journal.json': token } }],
    ['its state', { files: { 'temp/state_1': `x=${token}` } }],
    ['another output', { files: { 'temp/output_1': `${token} ${token}` } }],
  ])('%s is searched', (_, changes) => {
    expect(
      findLeaksOfStep('main', { ...step, ...changes }, token, secrets),
    ).not.toEqual([])
  })

  test('a mask and the one output are allowed', () => {
    const good = {
      ...step,
      rawOutput: `::add-mask::${token}\n`,
      files: { 'temp/_runner_file_commands/output_1': `x=${token}` },
    }
    expect(findLeaksOfStep('main', good, token, secrets)).toEqual([])
    expect(findLeaksOfStep('main', good, 'other', secrets)).not.toEqual([])
  })
})

describe('a token of a GitHub App', () => {
  const installationToken = 'ghs_2001_eyJh.eyJi.signature-0123456789'
  const all = new Set([token, installationToken])
  const find = (changes: Partial<StepResult>): Leak[] =>
    findLeaksOfStep(
      'main',
      { ...step, ...changes },
      token,
      all,
      new Set([installationToken]),
    )
  const folder = 'temp/_runner_file_commands'

  test('may stand in the state, for the post step', () => {
    const text = `a<<x\n${installationToken}\nx\nb=${installationToken}\n`
    expect(find({ files: { [`${folder}/state_1`]: text } })).toEqual([])
  })

  test.each<[string, Partial<StepResult>]>([
    ['the log', { rawOutput: installationToken }],
    ['the summary', { summary: installationToken }],
    ['an output', { files: { [`${folder}/output_1`]: installationToken } }],
    ['the environment', { files: { [`${folder}/env_1`]: installationToken } }],
    ['a state elsewhere', { files: { 'temp/state_1': installationToken } }],
    [
      'another file',
      { files: { [`${folder}/state_1.json`]: installationToken } },
    ],
    [
      'the state in disguise',
      {
        files: {
          [`${folder}/state_1`]: Buffer.from(installationToken).toString('hex'),
        },
      },
    ],
  ])('may not stand in %s', (_, changes) => {
    expect(find(changes)).not.toEqual([])
  })

  test('is the only secret that may', () => {
    expect(find({ files: { [`${folder}/state_1`]: `x=${token}` } })).toEqual([
      { where: `main: file ${folder}/state_1`, form: 'plain' },
    ])
  })
})

describe('a world with an App', () => {
  let world: World
  let app: App
  let privateKey: string
  const ask = (
    method: string,
    path: string,
    bearer: string,
  ): Promise<Response> =>
    fetch(world.githubProxy.url + path, {
      method,
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${bearer}`,
        'user-agent': 'test',
        'x-github-api-version': '2022-11-28',
      },
    })
  let jwt: string

  beforeEach(async () => {
    world = await World.start()
    app = await world.addApp({ secrets: 'write' })
    privateKey = world.repository.secrets.get('APP_PRIVATE_KEY')?.value ?? ''
    const now = Math.floor(world.clock.now().getTime() / 1000)
    const claims = { iss: APP_CLIENT_ID, iat: now, exp: now + 60 }
    jwt = signJwt(claims, createPrivateKey(privateKey))
    const [installation] = app.installations
    const path = `/app/installations/${installation?.id}/access_tokens`
    expect((await ask('POST', path, jwt)).status).toBe(201)
  })

  afterEach(() => world.close())

  test.each<[string, () => string]>([
    ['its key', () => privateKey],
    ['a line of its key', () => privateKey.split('\n')[3] ?? ''],
    ['its JWT', () => jwt],
    ['a token of it', () => world.github.mintedTokens[0]?.token ?? ''],
    [
      'what a test has added',
      () => {
        world.extraSecrets.add('something else')
        return 'something else'
      },
    ],
  ])('finds %s', (_, read) => {
    const found = read()
    expect(found.length).toBeGreaterThan(10)
    world.verify({ main: step, post: step })
    const printed = { ...step, rawOutput: `x ${found}` }
    expect(() => {
      world.verify({ main: printed, post: step })
    }).toThrow('main: output')
    expect(() => {
      world.verify({ main: step, post: printed })
    }).toThrow('post: output')
  })

  test('lets a token of it stand in the state of both steps', () => {
    const [minted] = world.github.mintedTokens
    const files = { 'x/_runner_file_commands/state_1': `a=${minted?.token}` }
    const kept = { ...step, files }
    world.verify({ main: kept, post: kept })
  })
})

describe('on the wire', () => {
  const request: SeenRequest = {
    method: 'POST',
    path: '/token',
    headers: {},
    body: '',
    status: 200,
  }
  const body = new URLSearchParams({ refresh_token: token }).toString()

  test.each<[string, Partial<SeenRequest>]>([
    ['the path', { path: `/x?y=${encodeURIComponent(token)}` }],
    ['a header', { headers: { 'user-agent': token } }],
    ['the body', { body: token }],
  ])('%s of a request to GitHub is searched', (_, changes) => {
    const seen = [{ ...request, ...changes }]
    expect(findLeaksToGitHub(seen, secrets)).not.toEqual([])
  })

  test('GitHub may get its token in the header for it', () => {
    const headers = { authorization: `token ${token}` }
    expect(findLeaksToGitHub([{ ...request, headers }], secrets)).toEqual([])
  })

  test('the token endpoint may get what is presented to it', () => {
    expect(
      findLeaksToTokenEndpoint([{ ...request, body }], secrets, 'secret'),
    ).toEqual([])
  })

  test('but nothing else', () => {
    const other = 'another-token-0123456789'
    expect(
      findLeaksToTokenEndpoint(
        [{ ...request, body: `${body}&x=${other}` }],
        new Set([token, other]),
        'secret',
      ),
    ).not.toEqual([])
    expect(
      findLeaksToTokenEndpoint(
        [{ ...request, path: '/.well-known/x', body }],
        secrets,
        'secret',
      ),
    ).not.toEqual([])
  })
})
