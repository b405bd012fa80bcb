import { describe, expect, test } from '@jest/globals'

import { readTokenReply, type RawReply } from '../../src/oauth/token-reply.ts'
import type { RefreshResult } from '../../src/rotation/ports.ts'
import { HeldSecrets } from '../../src/rotation/outcome/foreign-text.ts'
import { SecretValue } from '../../src/rotation/tokens/secret-value.ts'

const presented = new SecretValue('the-presented-refresh-token')
const held = new HeldSecrets()
held.add(presented)

function read(
  body: unknown,
  reply: Partial<RawReply> = {},
): RefreshResult & { refreshToken?: string; accessToken?: string } {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const result = readTokenReply(
    { status: 200, body: Buffer.from(text), isComplete: true, ...reply },
    held.quote,
    undefined,
    presented,
  )
  if (result.kind !== 'issued') return result
  const { refreshToken, accessToken } = result.tokens
  return {
    ...result,
    ...(refreshToken && { refreshToken: refreshToken.reveal() }),
    ...(accessToken && { accessToken: accessToken.reveal() }),
  }
}

const good = {
  access_token: 'AT',
  refresh_token: 'RT',
  token_type: 'Bearer',
  expires_in: 3600,
}

describe('a reply with tokens', () => {
  test('as it should be has no defects', () => {
    const date = new Date('2026-01-01T00:00:00Z')
    expect(read(good, { date })).toMatchObject({
      kind: 'issued',
      refreshToken: 'RT',
      accessToken: 'AT',
      defects: [],
      tokens: { expiresInSeconds: 3600, issuedAt: date },
    })
  })

  test.each<[string, unknown, Partial<RawReply>, string[]]>([
    ['201', good, { status: 201 }, ['its status was 201']],
    [
      'no token_type',
      { ...good, token_type: undefined },
      {},
      ['it had no token_type'],
    ],
    ['an odd token_type', { ...good, token_type: 'User Access Token' }, {}, []],
    [
      'expires_in that says nothing',
      { ...good, expires_in: 'soon' },
      {},
      ['its expires_in was not a number of seconds'],
    ],
    [
      'an error as well',
      { ...good, error: 'warning' },
      {},
      ['it named an error as well'],
    ],
    ['a null error', { ...good, error: null }, {}, []],
    ['an odd scope', { ...good, scope: ['a', 'b'] }, {}, []],
    [
      'a body that is too long by promise',
      good,
      { isComplete: false },
      ['it was cut short'],
    ],
    ['500', good, { status: 500 }, ['its status was 500']],
  ])('keeps the new refresh token with %s', (_name, body, reply, defects) => {
    expect(read(body, reply)).toMatchObject({
      kind: 'issued',
      refreshToken: 'RT',
      accessToken: 'AT',
      defects,
    })
  })

  test.each([201, 202, 299])('with %d is one like with 200', (status) => {
    const only = read({ refresh_token: 'RT' }, { status })
    expect(only).toMatchObject({ kind: 'issued', refreshToken: 'RT' })
    const without = read({ access_token: 'AT' }, { status })
    expect(without).toMatchObject({ kind: 'issued', accessToken: 'AT' })
    expect(without.refreshToken).toBeUndefined()
  })

  test.each([
    ['null', null],
    ['empty', ''],
    ['a number', 7],
    ['an object', {}],
    ['absent', undefined],
    ['blank', ' \n'],
  ])('has no new refresh token when that is %s', (_name, refresh_token) => {
    const result = read({ ...good, refresh_token })
    expect(result).toMatchObject({ kind: 'issued', accessToken: 'AT' })
    expect(result.refreshToken).toBeUndefined()
  })

  test.each([
    ['after it', '{"access_token":"AT","refresh_token":"RT","expi'],
    ['before the other token', '{"refresh_token":"RT","access_to'],
    ['in white space', '{"access_token" : "AT",\n "refresh_token" :\t"RT" ,'],
    ['inside a nested object', '{"data":{"refresh_token":"RT","x":'],
  ])('keeps a complete refresh token when cut %s', (_name, body) => {
    const result = read(body, { isComplete: false })
    expect(result).toMatchObject({ kind: 'issued', refreshToken: 'RT' })
  })

  test('finds the tokens that other fields are wrapped around', () => {
    expect(read({ ok: true, data: good })).toMatchObject({
      kind: 'issued',
      refreshToken: 'RT',
      accessToken: 'AT',
    })
  })

  test('reads a salvaged token as JSON does', () => {
    const body = String.raw`{"refresh_token":"a\"b\\c\/d\u0041","acc`
    expect(read(body).refreshToken).toBe(String.raw`a"b\c/dA`)
  })

  test.each([
    'one two',
    'one\ttwo',
    'one\r\ntwo',
    't\u00f6k\u0113n-\u{1f511}"&%',
  ])('keeps a token with any characters: %j', (token) => {
    expect(read({ ...good, refresh_token: token })).toMatchObject({
      refreshToken: token,
      defects: [],
    })
  })

  test.each<[string, unknown, Partial<RawReply>]>([
    [
      'in its place',
      { ...good, access_token: ' AT', refresh_token: 'RT \n' },
      {},
    ],
    [
      'elsewhere',
      { data: { ...good, refreshToken: ' RT', refresh_token: 0 } },
      {},
    ],
    [
      'in what is left of it',
      String.raw`{"access_token":"AT","refresh_token":"\tRT ","x`,
      { isComplete: false },
    ],
  ])('removes white space around a token %s', (_name, body, reply) => {
    const result = read(body, reply)
    expect(result).toMatchObject({
      kind: 'issued',
      refreshToken: 'RT',
      accessToken: 'AT',
    })
    expect(result.kind === 'issued' && result.defects).toContain(
      'a token had white space around it, which was removed',
    )
  })

  test('knows the presented token by itself, with white space around it', () => {
    const echo = { ...good, refresh_token: ` ${presented.reveal()}\n` }
    expect(read({ ...echo, access_token: undefined }).kind).not.toBe('issued')
  })

  test('takes a salvaged string apart from names that begin alike', () => {
    const body = '{"refresh_token_expires_in":"9","refresh_token":"RT",'
    expect(read(body).refreshToken).toBe('RT')
  })

  test('is not fooled by JSON inside of a string', () => {
    const inner = JSON.stringify({ refresh_token: 'not this one' })
    expect(read({ access_token: 'AT', note: inner }).refreshToken).toBe(
      undefined,
    )
  })

  test.each([
    [3600, 3600],
    ['3600', 3600],
    [1.5, 1.5],
    [0, undefined],
    [-5, undefined],
    [1e300, undefined],
    ['1e3', undefined],
    [null, undefined],
    [1_893_456_000_000, undefined],
  ])('reads expires_in %p as %p', (expires_in, expected) => {
    const result = read({ ...good, expires_in })
    expect(result).toMatchObject({ kind: 'issued' })
    expect(result.kind === 'issued' && result.tokens.expiresInSeconds).toBe(
      expected,
    )
  })
})

describe('a reply that cannot be trusted to be without a new refresh token', () => {
  test.each([
    ['cut inside of it', '{"access_token":"AT","refresh_token":"R'],
    ['cut before it', '{"access_token":"AT",'],
    ['empty', ''],
    ['HTML', '<html>200 OK</html>'],
    ['an array', '[]'],
    ['JSON without tokens', '{"ok":true}'],
    ['null', 'null'],
    ['bytes that are no text', '\u0000\ufffd'],
  ])('is indeterminate: %s', (_name, body) => {
    expect(read(body).kind).toBe('indeterminate')
  })
})

describe('a reply without tokens', () => {
  test.each<[number, unknown, string]>([
    [400, { error: 'invalid_grant' }, 'invalid-grant'],
    [401, { error: 'invalid_grant' }, 'invalid-grant'],
    [403, { error: 'invalid_grant' }, 'invalid-grant'],
    [404, { error: 'invalid_grant' }, 'invalid-grant'],
    [200, { error: 'invalid_grant' }, 'invalid-grant'],
    [401, { error: 'invalid_client' }, 'refused: client'],
    [400, { error: 'invalid_client' }, 'refused: client'],
    [400, { error: 'unsupported_grant_type' }, 'refused: request'],
    [429, {}, 'refused: limit'],
    [404, 'Not Found', 'refused: request'],
    [405, '', 'refused: request'],
    [415, '', 'refused: request'],
    // The server may have spent the token before it found these out.
    [400, { error: 'invalid_request' }, 'indeterminate'],
    [400, { error: 'invalid_scope' }, 'indeterminate'],
    [400, { error: 'invalid_target' }, 'indeterminate'],
    [400, { error: 'unauthorized_client' }, 'indeterminate'],
    [404, { error: 'something_else' }, 'indeterminate'],
    [400, '', 'indeterminate'],
    [401, '', 'indeterminate'],
    [403, '', 'indeterminate'],
    [302, '', 'indeterminate'],
    [500, { error: 'invalid_grant' }, 'indeterminate'],
    [500, { error: 'server_error' }, 'indeterminate'],
    [502, '<html>', 'indeterminate'],
    [503, '', 'indeterminate'],
  ])('with %d %j is %s', (status, body, expected) => {
    const result = read(body, { status })
    const { kind } = result
    expect(kind === 'refused' ? `${kind}: ${result.reason}` : kind).toBe(
      expected,
    )
  })

  test('does not take a refresh token in an error for a new one', () => {
    expect(
      read({ error: 'invalid_request', refresh_token: 'RT' }, { status: 400 })
        .kind,
    ).toBe('indeterminate')
  })

  test('is told in the words of the server', () => {
    expect(
      read(
        { error: 'invalid_grant', error_description: 'expired\n::error::' },
        { status: 400 },
      ),
    ).toMatchObject({ answer: 'HTTP 400 invalid_grant ("expired ::error::")' })
  })

  test('is told without what it quotes of the request', () => {
    expect(
      read(
        {
          error: 'invalid_grant',
          error_description: 'the-presented-refresh-token is expired',
        },
        { status: 400 },
      ),
    ).toMatchObject({
      answer: 'HTTP 400 invalid_grant ("(withheld: it quotes a secret)")',
    })
  })

  test('says when to come back and that it was cut short', () => {
    expect(
      read('', { status: 429, retryAfter: '30', isComplete: false }),
    ).toMatchObject({
      answer:
        'HTTP 429 without a JSON object (0 bytes) with Retry-After: 30 cut short',
    })
  })
})
