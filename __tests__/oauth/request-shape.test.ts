import { describe, expect, test } from '@jest/globals'

import type { RequestShape } from '../../src/oauth/provider.ts'
import {
  selfRotationRequest,
  shapeRequest,
  type ShapedRequest,
} from '../../src/oauth/request-shape.ts'
import { SecretValue } from '../../src/rotation/tokens/secret-value.ts'

const url = 'https://as.example/token'

function shape(
  wanted: RequestShape | undefined,
  body: Readonly<Record<string, string>> = {},
  headers: Readonly<Record<string, string>> = {},
): ShapedRequest {
  return shapeRequest(wanted, {
    url,
    headers: new Headers(headers),
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: 'RT/+=',
      ...body,
    }),
  })
}

describe('a shaped request', () => {
  test('without a shape is that of the standard, and asks for JSON', () => {
    const { body, headers, ...request } = shape(
      undefined,
      {},
      { dpop: 'proof' },
    )
    expect(request.url).toBe(url)
    expect(body).toBe('grant_type=refresh_token&refresh_token=RT%2F%2B%3D')
    expect(Object.fromEntries(headers)).toEqual({
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
      dpop: 'proof',
    })
  })

  test('leaves what it was given alone', () => {
    const request = {
      url,
      headers: new Headers({ accept: '*/*' }),
      body: new URLSearchParams({ client_id: 'me' }),
    }
    shapeRequest({ format: 'json', omittedParameters: ['client_id'] }, request)
    expect(request.headers.get('accept')).toBe('*/*')
    expect(request.body.get('client_id')).toBe('me')
  })

  test('in JSON has the same parameters', () => {
    const { body, headers } = shape(
      { format: 'json', parameters: { refreshable: true } },
      { client_id: 'me' },
    )
    expect(headers.get('content-type')).toBe('application/json')
    expect(JSON.parse(body)).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'RT/+=',
      client_id: 'me',
      refreshable: true,
    })
  })

  test('has grant and token in the query, and the credentials in the body', () => {
    const shaped = shape(
      { format: 'query' },
      { client_id: 'me', client_secret: 's' },
    )
    expect(shaped.url).toBe(
      `${url}?grant_type=refresh_token&refresh_token=RT%2F%2B%3D`,
    )
    expect(shaped.body).toBe('client_id=me&client_secret=s')
  })

  test('carries more, but not instead of what the user sets', () => {
    const { body } = shape(
      { parameters: { action: 'requesttoken', type: 'refresh' } },
      { type: 'mine' },
    )
    expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'RT/+=',
      action: 'requesttoken',
      type: 'mine',
    })
  })

  test('leaves out what must not be there', () => {
    const { body } = shape(
      { omittedParameters: ['grant_type', 'client_id'] },
      { client_id: 'me' },
    )
    expect(body).toBe('refresh_token=RT%2F%2B%3D')
  })

  test('has further headers', () => {
    const { headers } = shape({ headers: { 'Notion-Version': '2022-06-28' } })
    expect(headers.get('notion-version')).toBe('2022-06-28')
  })

  test('of a public client may name it in the query', () => {
    const wanted = { hasPublicClientInQuery: true }
    const open = shape(wanted, { client_id: 'me' })
    expect(open.url).toBe(`${url}?client_id=me`)
    expect(open.body).not.toContain('client_id')
    const confidential = { client_id: 'me', client_secret: 's' }
    expect(shape(wanted, confidential).url).toBe(url)
    const asserting = { client_id: 'me', client_assertion: 'a' }
    expect(shape(wanted, asserting).url).toBe(url)
  })
})

describe('HTTP Basic', () => {
  // As oauth4webapi writes it.
  const authorization = `Basic ${btoa('my%2Did%2E1:s%3Acr%2B%C3%A9+t')}`

  function credentials(wanted: RequestShape | undefined): string {
    const { headers } = shape(wanted, {}, { authorization })
    const [, base64 = ''] = (headers.get('authorization') ?? '').split(' ')
    return Buffer.from(base64, 'base64').toString('utf8')
  }

  test('escapes what has to be escaped and nothing else', () => {
    expect(credentials(undefined)).toBe('my-id.1:s%3Acr%2B%C3%A9+t')
  })

  test('may be raw', () => {
    expect(credentials({ hasRawBasic: true })).toBe('my-id.1:s:cr+é t')
  })

  test('may have the secret as the user', () => {
    expect(credentials({ isSecretBasicUser: true })).toBe('s:cr+é t:')
  })

  test.each(['Bearer abc', 'Basic', 'Basic %%%', `Basic ${btoa('a:%zz')}`])(
    'leaves %p as it is',
    (other) => {
      const { headers } = shape(undefined, {}, { authorization: other })
      expect(headers.get('authorization')).toBe(other)
    },
  )
})

test('a token that rotates itself is a header and nothing else', () => {
  const { headers, ...request } = selfRotationRequest(
    'https://gitlab.example/api/v4/personal_access_tokens/self/rotate',
    new SecretValue('glpat-1'),
    new URLSearchParams({ expires_at: '2099-12-31' }),
  )
  expect(request).toEqual({
    url: 'https://gitlab.example/api/v4/personal_access_tokens/self/rotate',
    body: 'expires_at=2099-12-31',
  })
  expect(headers.get('private-token')).toBe('glpat-1')
  expect(headers.get('authorization')).toBeNull()
})
