import {
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto'

import { calculateJwkThumbprint } from 'jose'

export type KeyAlgorithm =
  'RS256' | 'PS256' | 'ES256' | 'ES384' | 'ES512' | 'EdDSA'

/** A key that signs, in all the forms in which somebody may hand it over. */
export interface KeyPair {
  readonly algorithm: KeyAlgorithm
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  /** PKCS#8. */
  readonly pem: string
  /** The thumbprint of the public key (RFC 7638). */
  readonly keyId: string
  /** With `kid` and `alg`. */
  readonly privateJwk: JsonWebKey
  /** With `kid`, `alg` and `use`; what a client registers. */
  readonly publicJwk: JsonWebKey
}

export async function makeKeyPair(algorithm: KeyAlgorithm): Promise<KeyPair> {
  const { privateKey, publicKey } = generate(algorithm)
  const publicPart = publicKey.export({ format: 'jwk' })
  const keyId = await calculateJwkThumbprint(publicPart)
  const facts = { kid: keyId, alg: algorithm }
  return {
    algorithm,
    privateKey,
    publicKey,
    pem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    keyId,
    privateJwk: { ...privateKey.export({ format: 'jwk' }), ...facts },
    publicJwk: { ...publicPart, ...facts, use: 'sig' },
  }
}

/** The key as a file that is useless without the passphrase. */
export function encryptPem(
  { privateKey }: KeyPair,
  passphrase: string,
): string {
  return privateKey
    .export({
      format: 'pem',
      type: 'pkcs8',
      cipher: 'aes-256-cbc',
      passphrase,
    })
    .toString()
}

function generate(algorithm: KeyAlgorithm): {
  privateKey: KeyObject
  publicKey: KeyObject
} {
  switch (algorithm) {
    case 'RS256':
    case 'PS256':
      return generateKeyPairSync('rsa', { modulusLength: 2048 })
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' })
    case 'ES384':
      return generateKeyPairSync('ec', { namedCurve: 'P-384' })
    case 'ES512':
      return generateKeyPairSync('ec', { namedCurve: 'P-521' })
    case 'EdDSA':
      return generateKeyPairSync('ed25519')
  }
}
