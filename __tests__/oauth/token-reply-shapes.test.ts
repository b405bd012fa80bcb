import { describe, expect, test } from '@jest/globals'

import type { ReplyShape } from '../../src/oauth/provider.ts'
import { readTokenReply, type RawReply } from '../../src/oauth/token-reply.ts'
import type { RefreshResult } from '../../src/rotation/ports.ts'
import { HeldSecrets } from '../../src/rotation/outcome/foreign-text.ts'
import { SecretValue } from '../../src/rotation/tokens/secret-value.ts'

const presented = 'the-presented-refresh-token'
const held = new HeldSecrets()
held.add(new SecretValue(presented))
const date = new Date('2026-01-01T00:00:00Z')

function read(
  body: unknown,
  reply: Partial<RawReply> = {},
  shape?: ReplyShape,
): RefreshResult {
  const bytes = Buffer.isBuffer(body)
    ? body
    : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  return readTokenReply(
    { status: 200, body: bytes, isComplete: true, date, ...reply },
    held.quote,
    shape,
    new SecretValue(presented),
  )
}

function tokens(result: RefreshResult): unknown {
  if (result.kind !== 'issued') return result
  const { refreshToken, accessToken } = result.tokens
  return [refreshToken?.reveal(), accessToken?.reveal()]
}

function times(body: Record<string, unknown>, shape?: ReplyShape): unknown[] {
  const result = read({ access_token: 'AT', ...body }, {}, shape)
  if (result.kind !== 'issued') return [result]
  return [
    result.tokens.expiresInSeconds,
    result.tokens.refreshTokenExpiresAt?.toISOString(),
  ]
}

const good = { access_token: 'AT', refresh_token: 'RT', token_type: 'Bearer' }

test('a tag that got before a reply does not make a page of it', () => {
  const reply = JSON.stringify(good)
  expect(tokens(read(`<html>\ufeff${reply}`))).toEqual(['RT', 'AT'])
  // A page with an example in it is one.
  const page = `<html><pre>${reply}</pre></html>`
  expect(read(page).kind).toBe('indeterminate')
})

describe('bytes', () => {
  const text = JSON.stringify(good)
  const wide = Buffer.from(text, 'utf16le')

  test.each<[string, Buffer]>([
    ['a byte order mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16', wide],
    ['UTF-16 with its mark', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16, the other way round', Buffer.from(wide).swap16()],
    [
      'a marked UTF-16, the other way round',
      Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
    ],
    ['a stray zero byte', Buffer.from(`{\0${text.slice(1)}`)],
    [
      'the mark of UTF-16 in front of UTF-8',
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text)]),
    ],
    ['a guard in front', Buffer.from(`)]}',\n${text}`)],
    ['something behind', Buffer.from(`${text}\n<!-- cached -->`)],
  ])('with %s', (_what, body) => {
    expect(tokens(read(body))).toEqual(['RT', 'AT'])
  })

  test('of a form', () => {
    const form = 'access_token=AT&refresh_token=R%2BT&expires_in=60&scope='
    const result = read(form)
    expect(tokens(result)).toEqual(['R+T', 'AT'])
    expect(result).toMatchObject({
      tokens: { expiresInSeconds: 60 },
      defects: ['it was form-encoded, not JSON', 'it had no token_type'],
    })
  })

  test('of a form that was cut: its last value may not be whole', () => {
    const body = 'access_token=AT&refresh_token=R'
    expect(read(body, { isComplete: false }).kind).toBe('indeterminate')
    expect(tokens(read(`${body}T&x=`, { isComplete: false }))).toEqual([
      'RT',
      'AT',
    ])
  })

  test('of a form that is an error', () => {
    expect(read('error=bad_refresh_token&error_description=no').kind).toBe(
      'invalid-grant',
    )
  })

  test.each(['a=b', 'error', '<a href="?error=x&y=z">', 'access_token'])(
    'of something else: %s',
    (body) => {
      expect(read(body).kind).toBe('indeterminate')
    },
  )
})

describe('tokens in odd places', () => {
  test.each<[string, unknown, ReplyShape | undefined]>([
    ['camel case', { accessToken: 'AT', refreshToken: 'RT' }, undefined],
    ['other letters', { AccessToken: 'AT', 'refresh-token': 'RT' }, undefined],
    ['nested', { ok: true, data: { token: good } }, undefined],
    ['in a list', { results: [{ id: 1 }, good] }, undefined],
    [
      'a pair, not the first two that there are',
      { a: { access_token: 'other' }, b: good },
      undefined,
    ],
    [
      'behind an echo of the request',
      { request: { refresh_token: presented }, result: good },
      undefined,
    ],
    [
      'named twice',
      '{"access_token":"AT","refresh_token":"RT","refresh_token":null}',
      undefined,
    ],
    [
      'where the shape says',
      { token: 'AT', next: { r: 'RT' }, refresh_token: 'not this' },
      { accessToken: 'token', refreshToken: 'next.r' },
    ],
    [
      'where the standard says although there is a shape',
      good,
      { accessToken: 'token', refreshToken: 'next.r' },
    ],
  ])('%s', (_what, body, ...[shape]) => {
    expect(tokens(read(body, {}, shape))).toEqual(['RT', 'AT'])
  })

  test('one that is both', () => {
    const shape = { accessToken: 'token', refreshToken: 'token' }
    expect(tokens(read({ token: 'T' }, {}, shape))).toEqual(['T', 'T'])
  })

  test('are told of', () => {
    expect(read({ data: good })).toMatchObject({
      defects: ['its tokens were in an unexpected place'],
    })
  })

  test('have no defects where the provider is known for it', () => {
    const shape: ReplyShape = {
      accessToken: 'token',
      refreshToken: 'refreshToken',
      successStatus: 201,
      hasNoTokenType: true,
    }
    const body = { token: 'AT', refreshToken: 'RT' }
    expect(read(body, { status: 201 }, shape)).toMatchObject({ defects: [] })
  })

  test('are no match for their own prototype', () => {
    const shape = { accessToken: '__proto__.x', refreshToken: 'constructor' }
    expect(tokens(read(good, {}, shape))).toEqual(['RT', 'AT'])
  })
})

describe('an error is no success', () => {
  const echo = { refresh_token: presented }

  test.each<[string, unknown, ReplyShape?]>([
    ['an echo alone', echo],
    ['an echo beside an error', { error: 'server_error', ...echo }],
    ['an echo inside of an error', { error: { request: echo } }],
    ['another token beside an error', { error: 'x', refresh_token: 'RT' }],
    ['cut', `{"error":"x","refresh_token":"RT","acc`],
    ['cut, as Slack has it', `{"ok":false,"refresh_token":"RT","acc`],
    ['an access token beside an error', { error: 'x', access_token: 'AT' }],
    ['ok: false', { ok: false, access_token: 'AT' }],
    ['a list of errors', { errors: [{ code: 1 }], access_token: 'AT' }],
    [
      'a number that is not 0',
      { status: 401, body: { access_token: 'AT' } },
      { errorNumber: 'status' },
    ],
    [
      'an echo with an access token beside an error',
      { error: 'x', access_token: 'AT', ...echo },
    ],
  ])('%s', (_what, body, ...[shape]) => {
    expect(read(body, {}, shape).kind).toBe('indeterminate')
  })

  test.each([null, '', {}, [], 0, false])('but %p is no error', (error) => {
    expect(tokens(read({ ...good, error }))).toEqual(['RT', 'AT'])
  })

  test('and the old token again is fine', () => {
    expect(tokens(read({ ...good, ...echo }))).toEqual([presented, 'AT'])
  })

  test('and what contradicts itself says nothing about the old token', () => {
    const body = { error: 'invalid_grant', access_token: 'AT' }
    expect(read(body, { status: 400 }).kind).toBe('indeterminate')
  })

  test.each([302, 404, 500, 503])('a whole pair with %d is kept', (status) => {
    expect(tokens(read(good, { status }))).toEqual(['RT', 'AT'])
    expect(
      tokens(read(`${JSON.stringify(good).slice(0, -1)},"x`, { status })),
    ).toEqual(['RT', 'AT'])
  })
})

describe('lifetimes', () => {
  test.each<[string, Record<string, unknown>, unknown, ReplyShape?]>([
    ['a number', { expires_in: 60 }, 60],
    ['a string', { expires_in: '60' }, 60],
    ['camel case', { expiresIn: 60 }, 60],
    ['a time in seconds', { expires_at: 1_767_225_660 }, 60],
    ['a time in milliseconds', { expires_at: 1_767_225_660_000 }, 60],
    ['a time as a string of digits', { expires_at: '1767225660' }, 60],
    ['an ISO time', { expiresAt: '2026-01-01T00:01:00Z' }, 60],
    [
      'an ISO time without a zone',
      { expiresAt: '2026-01-01T00:01:00.000' },
      60,
    ],
    [
      'an ISO time of another zone',
      { expiresAt: '2026-01-01T01:01:00+01:00' },
      60,
    ],
    ['a date', { expires_at: '2026-01-02' }, 86_400],
    ['both', { expires_in: 60, expires_at: 1 }, 60],
    ['a time that is over', { expires_at: 1_767_225_540 }, undefined],
    ['words', { expires_at: 'next Tuesday' }, undefined],
    ['a date that is none', { expires_at: '2026-13-45' }, undefined],
    ['nothing', {}, undefined],
    [
      'milliseconds, by shape',
      { expires_in_ms: 60_000 },
      60,
      { expiresInMilliseconds: 'expires_in_ms' },
    ],
    ['a path, by shape', { a: { b: 60 } }, 60, { expiresIn: 'a.b' }],
  ])('of the access token: %s', (_what, body, expected, ...[shape]) => {
    expect(times(body, shape)[0]).toBe(expected)
  })

  test.each<[string, Record<string, unknown>, unknown, ReplyShape?]>([
    ['GitHub', { refresh_token_expires_in: 60 }, '2026-01-01T00:01:00.000Z'],
    ['Intuit', { x_refresh_token_expires_in: 60 }, '2026-01-01T00:01:00.000Z'],
    ['Keycloak', { refresh_expires_in: 60 }, '2026-01-01T00:01:00.000Z'],
    ['Keycloak, without an end', { refresh_expires_in: 0 }, undefined],
    [
      'absolute',
      { refresh_token_expires_at: '2026-02-01T00:00:00Z' },
      '2026-02-01T00:00:00.000Z',
    ],
    ['over', { refresh_token_expires_at: 1 }, undefined],
    ['nonsense', { refresh_token_expires_in: -1 }, undefined],
    ['too much', { refresh_token_expires_in: 1e300 }, undefined],
    [
      'GitLab, by shape',
      { expires_at: '2026-02-01' },
      '2026-02-01T00:00:00.000Z',
      { refreshTokenExpiresAt: 'expires_at' },
    ],
    [
      'relative, by shape',
      { lives: 60 },
      '2026-01-01T00:01:00.000Z',
      { refreshTokenExpiresIn: 'lives' },
    ],
  ])('of the refresh token: %s', (_what, body, expected, ...[shape]) => {
    expect(times(body, shape)[1]).toBe(expected)
  })

  test('that count from a time that nobody told are not known', () => {
    const result = readTokenReply(
      {
        status: 200,
        isComplete: true,
        body: Buffer.from(
          JSON.stringify({ ...good, refresh_token_expires_in: 60 }),
        ),
      },
      held.quote,
    )
    expect(result).toMatchObject({ kind: 'issued' })
    expect(result).not.toHaveProperty('tokens.refreshTokenExpiresAt')
  })

  test('stand beside the tokens, or around them', () => {
    const result = read({
      expires_in: 1,
      refresh_expires_in: 60,
      data: { ...good, expires_in: 2 },
    })
    expect(result).toMatchObject({
      tokens: {
        expiresInSeconds: 2,
        refreshTokenExpiresAt: new Date('2026-01-01T00:01:00Z'),
      },
    })
  })
})

describe('errors', () => {
  const dead = 'invalid-grant'

  test.each<[number, unknown, string, ReplyShape?]>([
    [200, { error: 'bad_refresh_token' }, dead],
    [200, { ok: false, error: 'invalid_refresh_token' }, dead],
    [401, { error: { code: 'refresh_token_reused' } }, dead],
    [400, { code: 'refresh_token_not_found', msg: 'x' }, dead],
    [400, { error_code: 'refresh_token_already_used', code: 400 }, dead],
    [400, { status: 'BAD_REFRESH_TOKEN', message: 'x' }, dead],
    [400, { errors: [{ errorType: 'invalid_grant' }], success: false }, dead],
    [400, { errcode: 'M_UNKNOWN_TOKEN', error: 'x' }, 'indeterminate'],
    [
      401,
      { errcode: 'M_UNKNOWN_TOKEN', error: 'x' },
      dead,
      { invalidGrantErrors: ['M_UNKNOWN_TOKEN'] },
    ],
    [
      400,
      { error: 'invalid_request', error_description: 'The Token is gone.' },
      dead,
      { invalidGrantDescriptions: ['token is gone'] },
    ],
    [404, { error: { type: 'not_found_error' } }, 'indeterminate'],
    [
      404,
      { error: { type: 'not_found_error' } },
      dead,
      { invalidGrantErrors: ['not_found_error'] },
    ],
    [401, { detail: 'x' }, 'indeterminate'],
    [401, { detail: 'x' }, dead, { invalidGrantStatuses: [401] }],
    [401, '', dead, { invalidGrantStatuses: [401] }],
    [401, { error: 'x' }, 'indeterminate', { invalidGrantStatuses: [401] }],
    [403, { detail: 'x' }, 'indeterminate', { invalidGrantStatuses: [401] }],
    [404, '', dead, { invalidGrantStatuses: [404] }],
    [503, '', 'indeterminate', { invalidGrantStatuses: [503] }],
    [500, { error: { code: 'refresh_token_expired' } }, 'indeterminate'],
    [200, { code: 'refresh_token_expired' }, 'indeterminate'],
    [
      401,
      { error: 'invalid_client' },
      'client',
      { invalidGrantStatuses: [401] },
    ],
    [200, { error: 'incorrect_client_credentials' }, 'client'],
    [200, { ok: false, error: 'bad' }, 'client', { clientErrors: ['bad'] }],
    [400, { error: 'use_dpop_nonce' }, 'nonce'],
    [500, { error: 'use_dpop_nonce' }, 'indeterminate'],
    [404, { message: 'no such page' }, 'request'],
    [404, { code: 'gone' }, 'indeterminate'],
    [404, { errors: ['gone'] }, 'indeterminate'],
    [200, { access: 'denied' }, 'indeterminate'],
  ])('%d %j is %s', (status, body, expected, ...[shape]) => {
    const result = read(body, { status }, shape)
    expect(result.kind === 'refused' ? result.reason : result.kind).toBe(
      expected,
    )
  })

  test.each<[unknown, string]>([
    [
      { error: 'invalid_grant', error_codes: [70_000, '1', 54_005] },
      'HTTP 400 invalid_grant (70000, 54005)',
    ],
    [{ error: { code: 'a', message: 'b' } }, 'HTTP 400 a ("b")'],
    [{ errors: [{ errorType: 'a', message: 'b' }] }, 'HTTP 400 a ("b")'],
    [
      { error: 'invalid_grant', reason: 'Invalid Token!' },
      'HTTP 400 invalid_grant ("Invalid Token!")',
    ],
    [{ errcode: 'M_X', error: 'Logged out' }, 'HTTP 400 M_X ("Logged out")'],
    [
      { error: 'a', message: `${presented} is spent` },
      'HTTP 400 a ("(withheld: it quotes a secret)")',
    ],
    [{ error: presented }, 'HTTP 400 (withheld: it quotes a secret)'],
    [{ error: 'x\n::add-mask::y' }, 'HTTP 400 x ::add-mask::y'],
  ])('are told in the words of the server: %j', (body, answer) => {
    expect(read(body, { status: 400 })).toMatchObject({ answer })
  })

  test('are cut, however much they say', () => {
    const body = { error: 'x', message: 'y'.repeat(1_000_000) }
    const result = read(body, { status: 400 })
    expect('answer' in result && result.answer.length).toBeLessThan(300)
  })
})
