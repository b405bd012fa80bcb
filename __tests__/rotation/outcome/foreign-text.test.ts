import { describe, expect, test } from '@jest/globals'

import {
  HeldSecrets,
  nameError,
} from '../../../src/rotation/outcome/foreign-text.ts'
import { SecretValue } from '../../../src/rotation/tokens/secret-value.ts'
import { formsOf } from '../../support/secrecy.ts'

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
    'OAuth2AuthenticationException: misconfiguration of refresh_token_v2',
    'com.amazon.coral.service#UnrecognizedClientException',
    'Error 50126 (70000, 54005) at 10:15:00',
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
    expect(quote('so it goes '.repeat(500))).toHaveLength(203)
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
    expect(holding('').quote('')).toBe('')
  })

  test('a secret of one or two characters withholds only a text that is nothing else', () => {
    for (const secret of ['e', 'is']) {
      const { quote, quoteOwn } = holding(secret)
      for (const show of [quote, quoteOwn]) {
        expect(show('the code is expired')).toBe('the code is expired')
        expect(show(secret)).toContain('withheld')
        expect(show(` ${secret}\n`)).toContain('withheld')
      }
    }
  })

  const odd = 't\u00f6k\u0113n with\tspaces \u30a2\u30af\u30bb\u30b9'
  test.each([...formsOf(odd)])(
    'is withheld with a secret of any characters in it, %s',
    (_, encoded) => {
      for (const text of [`is ${encoded}, no?`, encoded]) {
        expect(holding(odd).quote(text)).toMatch(/withheld|characters|cut/)
      }
    },
  )

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

  const token = 'V9xT4hQ2rS7nB1kZ8mD6cF3w'
  test.each([
    ['as bytes, as Go and Java print them', [...Buffer.from(token)].join(' ')],
    ['as bytes, as JSON has them', `[${[...Buffer.from(token)].join(',')}]`],
    [
      'as a buffer of node',
      '<Buffer 56 39 78 54 34 68 51 32 72 53 37 6e 42 31>',
    ],
    ['in UTF-16 that was not decoded', Array.from(token).join('\0')],
    ['with nothing visible in it', token.replaceAll(/.{5}/g, '$&\u200b')],
    ['with places to break it', token.replaceAll(/.{5}/g, '$&<wbr>')],
    ['in pieces', token.replaceAll(/.{6}/g, '$& ')],
    ['letter by letter', Array.from(token).join(' ')],
  ])('leaves out a token %s', (_, text) => {
    for (const shown of [
      quote(`Not "${text}"`),
      holding(token).quote(`Not ${text}`),
    ]) {
      expect(shown).toMatch(/cut|withheld|characters/)
      expect(shown.replaceAll(/\W/g, '')).not.toContain('V9xT4h')
    }
  })

  test('that is not in Latin letters is told by its length', () => {
    expect(quote('\u30a2\u30af\u30bb\u30b9\u304c\u62d2\u5426')).toBe(
      '(7 characters)',
    )
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
