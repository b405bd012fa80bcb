import { format, inspect } from 'node:util'

import { describe, expect, test } from '@jest/globals'

import { SecretValue } from '../../../src/rotation/tokens/secret-value.ts'

describe('a secret value', () => {
  const secret = new SecretValue('canary')

  test.each([
    ['text', String(secret)],
    ['JSON', JSON.stringify({ secret })],
    ['inspect', inspect(secret)],
    ['inspect with hidden', inspect({ secret }, { showHidden: true })],
    ['format', format('%s %o %O %j', secret, secret, secret, secret)],
    ['an error', inspect(new Error('failed', { cause: { secret } }))],
  ])('does not show in %s', (_, text) => {
    expect(text).not.toContain('canary')
    expect(text).toContain('[secret]')
  })

  test('gives the string to those who ask for it', () => {
    expect(secret.reveal()).toBe('canary')
  })

  test('equals another one with the same string', () => {
    expect(secret.equals(new SecretValue('canary'))).toBe(true)
    expect(secret.equals(new SecretValue('Canary'))).toBe(false)
  })
})
