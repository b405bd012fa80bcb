import { createPrivateKey } from 'node:crypto'

import { expect, test } from '@jest/globals'
import { compactVerify, CompactSign, importJWK, type JWK } from 'jose'

import { encryptPem, makeKeyPair } from './key-pairs.ts'

test.each(['RS256', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const)(
  'a key for %s signs in each of its forms',
  async (algorithm) => {
    const pair = await makeKeyPair(algorithm)
    const encrypted = encryptPem(pair, 'pass phrase')
    expect(encrypted).toContain('ENCRYPTED')
    for (const key of [
      pair.privateKey,
      createPrivateKey(pair.pem),
      createPrivateKey({ key: encrypted, passphrase: 'pass phrase' }),
      await importJWK(pair.privateJwk as JWK),
    ]) {
      const signed = await new CompactSign(Buffer.from('text'))
        .setProtectedHeader({ alg: algorithm })
        .sign(key)
      await compactVerify(signed, await importJWK(pair.publicJwk as JWK))
    }
  },
)
