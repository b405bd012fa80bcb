import { describe, expect, test } from '@jest/globals'

import { HeldSecrets, nameError } from '../../src/rotation/foreign-text.ts'
import { SecretValue } from '../../src/rotation/secret-value.ts'
import { formsOf } from '../support/secrecy.ts'

function holding(...secrets: string[]): HeldSecrets {
  const held = new HeldSecrets()
  for (const secret of secrets) held.add(new SecretValue(secret))
  return held
}

const SECRET = 'abc+def/"gh&ij<k lm=nop'
const { quote, quoteOwn } = holding(SECRET)

describe('text of others', () => {
  test.each([
    'AADSTS700082: expired',
    'invalid_client_authentication_request',
    'UNSUPPORTED_GRANT_TYPE',
    'InvalidAuthenticationToken',
    'Resource not accessible by personal access token',
    'secrets=write,organization_secrets=write',
    '3.19.0',
  ])('is shown where it is made of words: %s', (text) => {
    expect(quote(text)).toBe(text)
  })

  test('makes one line, so that it cannot begin a workflow command', () => {
    expect(quote('one\n::add-mask::x\r\ttwo')).toBe('one ::add-mask::x two')
  })

  test('leaves out what is not printable ASCII, and backticks', () => {
    expect(quote('\u001b[31mrot\u202e `code`')).toBe("[31mrot 'code'")
  })

  test('is cut where it is long', () => {
    expect(quote('x '.repeat(5000))).toHaveLength(203)
  })

  test.each([...formsOf(SECRET)].filter(([form]) => form !== 'plain'))(
    'is withheld with a secret in it, %s',
    (_, encoded) => {
      expect(quote(`is ${encoded}, no?`)).toContain('withheld')
    },
  )

  test.each([
    SECRET,
    'token gh&ij<k lm',
    'is abc%2Bdef%2F%22gh, no',
    'is abc%252Bdef%252F%2522gh, no',
    'is abc+def/&quot;gh&amp;ij&#60;k, no',
    String.raw`is abc+def\/\"gh&ij\u003ck, no`,
    `Basic ${btoa(`client:${encodeURIComponent(SECRET)}`)}`,
    Buffer.from(SECRET.slice(2, 11)).toString('hex'),
  ])('is withheld with a part of a secret in it: %s', (text) => {
    expect(quote(text)).toBe('(withheld: it quotes a secret)')
    expect(quoteOwn(text)).toBe('(withheld: it quotes a secret)')
  })

  test('seven characters are no part of a secret', () => {
    expect(quote('abc+def')).toBe('abc+def')
  })

  test('a short secret is looked for as a whole, a shorter one not at all', () => {
    expect(holding('s3cret').quote('is s3cret')).toContain('withheld')
    expect(holding('s3cret').quote('is s3cre')).toBe('is s3cre')
    expect(holding('is').quote('this is')).toBe('this is')
    expect(holding('').quote('text')).toBe('text')
  })

  test('of a key counts what is secret of it', () => {
    const pem = `-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0BAQEF\n'.repeat(3)}-----END PRIVATE KEY-----`
    expect(holding(pem).quote('no PRIVATE KEY')).toBe('no PRIVATE KEY')
    expect(holding(pem).quote('line IBADANBgkqhkiG9')).toContain('withheld')
    const jwk = '{"kty":"EC","crv":"P-256","d":"jpsQnnGQmL-YBIffH1136cspYG6"}'
    expect(holding(jwk).quote('{"kty":"EC","crv":"?"}')).toContain('kty')
    expect(holding(jwk).quote('YBIffH1136')).toContain('withheld')
  })

  test.each([
    ['a UUID', '6fa459ea-ee8a-3ca4-894e-db77e160355e'],
    ['hex', '0123456789abcdef'],
    ['base64', 'dG9rZW4tb2Ytc29tZWJvZHkx'],
    ['base64url', 'v1.MjRhYjE_-xYz0'],
    ['a JWT', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2ln'],
    ['letters', 'qwertyuiopasdfghjklzxcvbnm'],
    ['digits', '4711471147114711'],
    ['mixed letters', 'aBcDeFgHiJkLmNoPqRsT'],
  ])('leaves out what may be a token: %s', (_, token) => {
    expect(quote(`Error for "${token}", sorry`)).toBe(
      'Error for "[cut]", sorry',
    )
    expect(quote(`${token.slice(0, 15)} is short`)).not.toContain('cut')
  })

  test('of which nothing is left but its length', () => {
    expect(quote('{"0123456789abcdef0123":"0123456789abcdef"}')).toBe(
      '(43 characters)',
    )
  })
})

test('text of the user is shown with all its words', () => {
  const url = 'http://login.example.com/0123456789abcdef/oauth2/token'
  expect(quoteOwn(url)).toBe(url)
})

describe('nameError', () => {
  test.each([
    [Object.assign(new Error('secret'), { code: 'ECONNRESET' }), 'ECONNRESET'],
    [
      new TypeError('fetch failed', {
        cause: Object.assign(new Error('secret'), { code: 'ENOTFOUND' }),
      }),
      'ENOTFOUND',
    ],
    [new RangeError('secret'), 'RangeError'],
    [new DOMException('secret', 'TimeoutError'), 'TimeoutError'],
    ['secret', 'string'],
    [undefined, 'undefined'],
    [null, 'object'],
    [{}, 'unknown error'],
  ])('says %p by code or class only', (thrown, name) => {
    expect(nameError(thrown)).toBe(name)
  })
})
