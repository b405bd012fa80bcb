import { expect, test } from '@jest/globals'

import { masksFor } from '../../../src/rotation/outcome/masks.ts'

test.each<[string, string, string[]]>([
  ['a token', 'token', ['token']],
  ['three characters', 'abc', ['abc']],
  ['two', 'ab', []],
  ['one', 'a', []],
  ['two, and white space around them', ' ab\t\n', []],
  ['lines', 'one\ntwo\r\nthree', ['one\ntwo\r\nthree']],
  ['a last line break', 'one\ntwo\n', ['one\ntwo\n']],
  ['an empty line', 'one\n \n\ntwo', ['one\n \n\ntwo']],
  ['a short line', 'one\n  ab\ntwo\r', ['one', 'two']],
  ['short lines only', 'a\nb\nc', []],
])('%s', (_, secret, masks) => {
  expect(masksFor(secret)).toEqual(masks)
})
