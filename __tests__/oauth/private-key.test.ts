import { generateKeyPairSync, type KeyObject } from 'node:crypto'

import { describe, expect, test } from '@jest/globals'

import {
  readPrivateKey,
  signingAlgorithm,
  type PrivateKey,
} from '../../src/oauth/private-key.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const ed = generateKeyPairSync('ed25519').privateKey

function pem(key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'sec1'): string {
  return key.export({ type: type, format: 'pem' }).toString()
}

function encrypted(key: KeyObject, passphrase: string): string {
  return key
    .export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase,
    })
    .toString()
}

function jwk(key: KeyObject, more: object = {}): string {
  return JSON.stringify({ ...key.export({ format: 'jwk' }), ...more })
}

function read(text: string, passphrase = ''): PrivateKey {
  const key = readPrivateKey(text, passphrase)
  if (typeof key === 'string') throw new Error(key)
  return key
}

describe('a private key', () => {
  test.each([
    ['PKCS#8', pem(rsa, 'pkcs8'), '', rsa],
    ['PKCS#1', pem(rsa, 'pkcs1'), '', rsa],
    ['SEC 1', pem(ec, 'sec1'), '', ec],
    ['encrypted PKCS#8', encrypted(ec, 'open'), 'open', ec],
    ['a JWK', jwk(ed), '', ed],
  ])('is read from %s', (_, text, passphrase, key) => {
    expect(read(text, passphrase).key.equals(key)).toBe(true)
  })

  test('says of itself which one it is, as a JWK', () => {
    expect(read(jwk(rsa, { kid: 'k1', alg: 'PS256' }))).toMatchObject({
      keyId: 'k1',
      algorithm: 'PS256',
    })
  })

  test.each([
    ['nothing like it', 'a password', '', 'is not a private key'],
    ['a broken JWK', '{"kty":', '', 'is not a private key in JWK format'],
    ['no passphrase', encrypted(ec, 'open'), '', 'no passphrase is given'],
    [
      'another passphrase',
      encrypted(ec, 'open'),
      'shut',
      'cannot be decrypted with the passphrase',
    ],
  ])('is refused: %s', (_, text, passphrase, problem) => {
    expect(readPrivateKey(text, passphrase)).toContain(problem)
  })
})

describe('it signs with', () => {
  test.each([
    [pem(rsa, 'pkcs8'), [], 'RS256'],
    [pem(rsa, 'pkcs8'), ['PS256', 'ES256'], 'PS256'],
    [pem(rsa, 'pkcs8'), ['PS256', 'RS256'], 'RS256'],
    [jwk(rsa, { alg: 'PS256' }), ['RS256'], 'PS256'],
    [pem(ec, 'pkcs8'), [], 'ES256'],
    [pem(ed, 'pkcs8'), [], 'EdDSA'],
  ])('%#', (text, supported, algorithm) => {
    expect(signingAlgorithm(read(text), supported)).toBe(algorithm)
  })

  test('nothing, where the key is for something else', () => {
    const { privateKey } = generateKeyPairSync('x25519')
    expect(signingAlgorithm(read(pem(privateKey, 'pkcs8')))).toBeUndefined()
  })
})
