import { describe, expect, test } from '@jest/globals'

import { nameError, quote } from '../../src/rotation/foreign-text.ts'
import { SecretValue } from '../../src/rotation/secret-value.ts'

const secret = new SecretValue('abcdefghijklmnop')

describe('quote', () => {
  test('leaves plain text as it is', () => {
    expect(quote('AADSTS700082: expired', [secret])).toBe(
      'AADSTS700082: expired',
    )
  })

  test('makes one line, so that it cannot begin a workflow command', () => {
    expect(quote('one\n::add-mask::x\r\ttwo', [])).toBe('one ::add-mask::x two')
  })

  test('leaves out what is not printable ASCII, and backticks', () => {
    expect(quote('\u001b[31mrot\u202e `code`', [])).toBe("[31mrot 'code'")
  })

  test('cuts long text', () => {
    expect(quote('x'.repeat(5000), [])).toHaveLength(203)
  })

  test.each(['abcdefghijklmnop', 'token ijklmnop', '...efghijkl...'])(
    'withholds text with a part of a secret: %s',
    (text) => {
      expect(quote(text, [secret])).toBe('(withheld: it quotes a secret)')
    },
  )

  test('does not take seven characters for a part of a secret', () => {
    expect(quote('abcdefg', [secret])).toBe('abcdefg')
  })

  test('withholds text with a whole short secret', () => {
    expect(quote('is s3cret', [new SecretValue('s3cret')])).toContain(
      'withheld',
    )
  })

  test('is not confused by an empty secret', () => {
    expect(quote('text', [new SecretValue('')])).toBe('text')
  })
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
