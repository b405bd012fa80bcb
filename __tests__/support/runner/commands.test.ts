import { describe, expect, test } from '@jest/globals'

import {
  CommandReader,
  addMask,
  maskText,
  readFileCommands,
} from './commands.ts'
import { evaluate } from './expressions.ts'

describe('the log', () => {
  test('masks what was masked before, in every form that the runner knows', () => {
    const reader = new CommandReader(new Set())
    const secret = 'a secret"value'
    reader.read(`seen: ${secret}`)
    reader.read(`::add-mask::${secret}`)
    reader.read(`seen: ${secret}`)
    reader.read(`seen: ${encodeURIComponent(secret)}`)
    reader.read(`seen: ${Buffer.from(secret).toString('base64')}`)
    reader.read(`seen: ${JSON.stringify(secret)}`)
    expect(reader.log).toEqual([
      `seen: ${secret}`,
      'seen: ***',
      'seen: ***',
      'seen: ***',
      'seen: "***"',
    ])
  })

  test('shows annotations with their line breaks', () => {
    const reader = new CommandReader(new Set())
    reader.read('::error title=A%3A B%2C C::one%0Atwo 100%25')
    expect(reader.annotations).toEqual([
      { kind: 'error', title: 'A: B, C', message: 'one\ntwo 100%' },
    ])
  })

  test('masks each line of a value with several', () => {
    const masks = new Set<string>()
    addMask(masks, 'one line\nanother line')
    expect(maskText('x another line x', masks)).toBe('x *** x')
  })
})

describe('a file of commands', () => {
  test('has lines and heredocs', () => {
    expect(readFileCommands('a=1=2\nb<<END\nx\ny=z\nEND\nc=\n')).toEqual({
      a: '1=2',
      b: 'x\ny=z',
      c: '',
    })
  })

  test('fails the step when a heredoc has no end', () => {
    expect(() => readFileCommands('b<<END\nx\n')).toThrow('delimiter')
  })
})

test('expressions are those of GitHub', () => {
  const contexts = { secrets: { MY_TOKEN: 'value' }, github: { actor: 'me' } }
  const text =
    'x ${{ secrets.my_token }} ${{ secrets.NO_SUCH }} ${{ github.actor }}'
  expect(evaluate(text, contexts)).toBe('x value  me')
})
