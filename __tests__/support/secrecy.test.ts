import { describe, expect, test } from '@jest/globals'

import type { SeenRequest } from './http-server.ts'
import type { StepResult } from './runner/runner.ts'
import {
  findLeaksOfStep,
  findLeaksToGitHub,
  findLeaksToTokenEndpoint,
  findSecrets,
} from './secrecy.ts'

const token = 'the token/with+odd="characters"~0123456789'
const secrets = new Set([token])

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
