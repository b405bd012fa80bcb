import {
  createDecipheriv,
  createHash,
  createHmac,
  scryptSync,
} from 'node:crypto'

import { describe, expect, test } from '@jest/globals'

import { SecretValue } from '../../src/rotation/tokens/secret-value.ts'
import type {
  AuthenticationKey,
  TokenKeys,
} from '../../src/rotation/tokens/token-keys.ts'
import { createKeyring, type KeyBinding } from '../../src/runtime/token-keys.ts'
import { SymbolicKeyring } from '../support/symbolic-keyring.ts'

const binding: KeyBinding = {
  host: 'github.com',
  recordId: 'the-id',
  place: 'repository:/rt',
}
/** What its canonical text is stands below. */
const message = { of: 'text' }
const token = 'a-token-of-32-characters-or-more'

function keysOf(text = token, changes: Partial<KeyBinding> = {}): TokenKeys {
  return createKeyring({ ...binding, ...changes }).of(new SecretValue(text))
}

/** What others need to know to read a record: written down once more. */
function expand(purpose: string, bytes: number, material = token): Buffer {
  const salt = createHash('sha256')
    .update('rotate-token/3\0github.com\0the-id\0repository:/rt')
    .digest()
  const ikm =
    material.length < 32
      ? scryptSync(material, salt, 32, {
          N: 131_072,
          r: 8,
          p: 1,
          maxmem: 268_435_456,
        })
      : Buffer.from(material)
  // RFC 5869: extract, and the first block of expand.
  const key = createHmac('sha256', salt).update(ikm).digest()
  return createHmac('sha256', key)
    .update(`rotate-token/3 ${purpose}\x01`)
    .digest()
    .subarray(0, bytes)
}

function hmac(key: Buffer, message: string): string {
  return createHmac('sha256', key).update(message).digest('hex')
}

describe('the keys of a token', () => {
  const keys = keysOf()

  test('are those of the construction', () => {
    expect(keys.id).toBe(expand('id', 16).toString('hex'))
    expect(keys.spent).toBe(expand('spent', 16).toString('hex'))
    expect(keys.state.authenticate(message)).toBe(
      hmac(expand('state', 32), 'authenticate\0{"of":"text"}'),
    )
    expect(keys.journal.authenticate(message)).toBe(
      hmac(expand('journal', 32), 'authenticate\0{"of":"text"}'),
    )
    expect(keys.state.nameOf('a place')).toBe(
      hmac(expand('state', 32), 'name\0a place').slice(0, 32),
    )
  })

  test('stay what they are: a record of today is read by every later version', () => {
    expect({
      id: keys.id,
      spent: keys.spent,
      state: keys.state.authenticate(message),
      journal: keys.journal.authenticate(message),
      place: keys.state.nameOf('a place'),
    }).toEqual({
      id: 'bdb9544c91e3628d1bc98a993d898522',
      spent: '4e75ea3c278aa2e2975e036b7ae7002a',
      state: 'a8b9bf22d1d7577e703ae7de9a73a1bf4b59d01d74841c45b99a390317cf167c',
      journal:
        '6581d6049ac0cf1c2695e9d2abe0ed7aaa718ec2f1147eaf5536704c189382f9',
      place: '18bc9f2fcd30ff1eb98da0415573e194',
    })
  })

  test('have nothing in common', () => {
    const { id, spent, state, journal } = keys
    const public_ = [id, spent, state.nameOf('text'), state.nameOf('other')]
    const codes = [state.authenticate(message), journal.authenticate(message)]
    const all = [...public_, ...codes.map((code) => code.slice(0, 32))]
    expect(new Set(all).size).toBe(6)
  })

  test('are the same for the same token, wherever it is asked for', () => {
    const keyring = createKeyring(binding)
    const again = keyring.of(new SecretValue(token))
    expect(again.id).toBe(keys.id)
    expect(
      keys.state.isAuthentic(message, again.state.authenticate(message)),
    ).toBe(true)
    expect(keyring.of(new SecretValue(token))).toBe(again)
    expect(keyring.of(new SecretValue(`${token}.`)).id).not.toBe(keys.id)
  })

  test.each<[string, Partial<KeyBinding>]>([
    ['host', { host: 'github.example' }],
    ['record', { recordId: 'another-id' }],
    ['place', { place: 'repository:/rt2' }],
    ['split', { host: 'github.comthe-id', recordId: '' }],
  ])('are others for another %s', (_, changes) => {
    const others = keysOf(token, changes)
    const { state, journal } = keys
    expect(others.id).not.toBe(keys.id)
    expect(others.spent).not.toBe(keys.spent)
    expect(state.isAuthentic(message, others.state.authenticate(message))).toBe(
      false,
    )
    expect(
      journal.isAuthentic(message, others.journal.authenticate(message)),
    ).toBe(false)
  })

  test('of a token that could be guessed are made at a cost', () => {
    const short = 'a-token-of-31-characters-or-les'
    expect(short).toHaveLength(31)
    expect(keysOf(short).id).toBe(expand('id', 16, short).toString('hex'))
  })
})

describe('a code', () => {
  const { state, journal } = keysOf()

  test.each<[string, AuthenticationKey, AuthenticationKey]>([
    ['of a state', state, journal],
    ['of a journal', journal, state],
  ])('%s is of one message and one key', (_, key, other) => {
    const code = key.authenticate(message)
    expect(key.isAuthentic(message, code)).toBe(true)
    expect(key.isAuthentic({ of: 'text ' }, code)).toBe(false)
    expect(other.isAuthentic(message, code)).toBe(false)
  })

  test('counts only as a whole', () => {
    const code = state.authenticate(message)
    const more = ['0', '00', ' ', 'z'].map((each) => code + each)
    for (const given of ['', code.slice(2), code.slice(0, -2), ...more]) {
      expect(state.isAuthentic(message, given)).toBe(false)
    }
  })

  test('does not count with one bit flipped', () => {
    const code = Buffer.from(state.authenticate(message), 'hex')
    for (const flipped of flips(code)) {
      expect(state.isAuthentic(message, flipped.toString('hex'))).toBe(false)
    }
  })

  test('is never the name of a place', () => {
    // Otherwise whoever chooses the names of places could have states signed.
    const name = state.nameOf('authenticate\0{"of":"text"}')
    expect(state.authenticate(message)).not.toMatch(new RegExp(`^${name}`))
  })
})

describe('an heir', () => {
  const keys = keysOf()
  const successor = keysOf('the-token-that-was-issued-for-it')
  const description = { of: 'an heir' }
  const sealed = keys.sealHeir(successor.state, description)

  test('is the key of the successor, for those who hold the token', () => {
    const opened = keysOf().openHeir(sealed, description)
    const code = successor.state.authenticate(message)
    expect(opened?.authenticate(message)).toBe(code)
    expect(opened?.isAuthentic(message, code)).toBe(true)
    expect(opened?.nameOf('a place')).toBe(successor.state.nameOf('a place'))
  })

  test('is sealed with AES-256-GCM, and bound to its description', () => {
    const bytes = Buffer.from(sealed, 'base64')
    expect(bytes).toHaveLength(12 + 32 + 16)
    const decipher = createDecipheriv(
      'aes-256-gcm',
      expand('heir', 32),
      bytes.subarray(0, 12),
    )
    decipher.setAAD(Buffer.from('{"of":"an heir"}'))
    decipher.setAuthTag(bytes.subarray(44))
    const plain = Buffer.concat([
      decipher.update(bytes.subarray(12, 44)),
      decipher.final(),
    ])
    expect(plain).toEqual(
      expand('state', 32, 'the-token-that-was-issued-for-it'),
    )
  })

  test('is sealed anew each time', () => {
    expect(keys.sealHeir(successor.state, description)).not.toBe(sealed)
  })

  test.each<[string, TokenKeys, object]>([
    ['another token', successor, description],
    ['another description', keys, { of: 'heirs' }],
    ['no description', keys, {}],
    ['another record', keysOf(token, { recordId: 'other' }), description],
  ])('does not open with %s', (_, key, given) => {
    expect(key.openHeir(sealed, given)).toBeUndefined()
  })

  test('does not open with one bit flipped', () => {
    for (const flipped of flips(Buffer.from(sealed, 'base64'))) {
      const text = flipped.toString('base64')
      expect(keys.openHeir(text, description)).toBeUndefined()
    }
  })

  test.each([
    ['nothing', ''],
    ['less', sealed.slice(0, -4)],
    ['more', `AAAA${sealed}`],
    ['no base64', '{}'],
  ])('does not open when it is %s', (_, text) => {
    expect(keys.openHeir(text, description)).toBeUndefined()
  })

  test('is never a key that this keyring has not made', () => {
    const { state } = new SymbolicKeyring().named('foreign')
    expect(() => keys.sealHeir(state, description)).toThrow(
      'a key of another keyring',
    )
  })
})

/** Each with another of its bits flipped. */
function flips(bytes: Buffer): Buffer[] {
  return Array.from({ length: bytes.length * 8 }, (_, bit) => {
    const flipped = Buffer.from(bytes)
    const index = bit >> 3
    flipped[index] = (bytes[index] ?? 0) ^ (1 << (bit & 7))
    return flipped
  })
}
