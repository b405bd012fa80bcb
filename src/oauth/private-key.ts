import {
  X509Certificate,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  type webcrypto,
} from 'node:crypto'

type Algorithm = Parameters<KeyObject['toCryptoKey']>[0]

/** A private key of the client, with what its owner says of it. */
export interface PrivateKey {
  readonly key: KeyObject
  /** From a JWK. */
  readonly keyId?: string
  /** From a JWK: which of the algorithms that the key supports. */
  readonly algorithm?: string
}

/**
 * Reads a private key: PEM (PKCS#8, also encrypted, or PKCS#1 or SEC 1) or a JWK.
 *
 * @returns the key, or what is wrong with the text
 */
export function readPrivateKey(
  text: string,
  passphrase: string,
): PrivateKey | string {
  if (text.trimStart().startsWith('{')) return readJwk(text)
  const isEncrypted = text.includes('ENCRYPTED')
  if (isEncrypted && passphrase === '') {
    return 'is encrypted, but no passphrase is given'
  }
  try {
    const key = createPrivateKey({
      key: text,
      ...(passphrase !== '' && { passphrase }),
    })
    return { key }
  } catch {
    return isEncrypted
      ? 'cannot be decrypted with the passphrase'
      : 'is not a private key, neither in PEM nor as a JWK'
  }
}

function readJwk(text: string): PrivateKey | string {
  try {
    const jwk = JSON.parse(text) as Record<string, unknown>
    const { kid, alg } = jwk
    const key = createPrivateKey({ key: jwk, format: 'jwk' })
    return {
      key,
      ...(typeof kid === 'string' && { keyId: kid }),
      ...(typeof alg === 'string' && { algorithm: alg }),
    }
  } catch {
    return 'is not a private key in JWK format'
  }
}

/**
 * The algorithm that a key signs with (RFC 7518, RFC 8037). An RSA key supports two:
 * its JWK decides, else what the server supports.
 *
 * @returns undefined for keys that cannot sign
 */
export function signingAlgorithm(
  { key, algorithm }: PrivateKey,
  supported: readonly string[] = [],
): string | undefined {
  const curve = key.asymmetricKeyDetails?.namedCurve
  switch (key.asymmetricKeyType) {
    case 'rsa':
      if (algorithm !== undefined) return algorithm
      return supported.includes('PS256') && !supported.includes('RS256')
        ? 'PS256'
        : 'RS256'
    case 'rsa-pss':
      return algorithm ?? 'PS256'
    case 'ec':
      return { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' }[
        curve ?? ''
      ]
    case 'ed25519':
      return 'EdDSA'
    default:
      return undefined
  }
}

export function toCryptoKey(
  key: KeyObject,
  algorithm: string,
  isExtractable = false,
): ReturnType<KeyObject['toCryptoKey']> {
  const usage = key.type === 'private' ? 'sign' : 'verify'
  return key.toCryptoKey(toWebCrypto(algorithm), isExtractable, [usage])
}

function toWebCrypto(algorithm: string): Algorithm {
  const hash = `SHA-${algorithm.slice(2)}`
  switch (algorithm.slice(0, 2)) {
    case 'RS':
      return { name: 'RSASSA-PKCS1-v1_5', hash }
    case 'PS':
      return { name: 'RSA-PSS', hash }
    case 'ES':
      return {
        name: 'ECDSA',
        namedCurve: `P-${algorithm === 'ES512' ? '521' : algorithm.slice(2)}`,
      }
    default:
      return { name: 'Ed25519' }
  }
}

/** For DPoP: the private key signs, the public one goes into each proof. */
export function toKeyPair(
  { key }: PrivateKey,
  algorithm: string,
): { privateKey: webcrypto.CryptoKey; publicKey: webcrypto.CryptoKey } {
  return {
    privateKey: toCryptoKey(key, algorithm),
    publicKey: toCryptoKey(createPublicKey(key), algorithm, true),
  }
}

/**
 * Says what is wrong with a client certificate before a server does: with TLS 1.3 a
 * refusal looks like a broken connection.
 */
export function problemOfCertificate(
  pem: string,
  { key }: PrivateKey,
  now: Date,
): string | undefined {
  let certificate: X509Certificate
  try {
    certificate = new X509Certificate(pem)
  } catch {
    return 'is not a certificate in PEM'
  }
  if (!certificate.checkPrivateKey(key)) {
    return "does not belong to the key in 'client-private-key'"
  }
  if (new Date(certificate.validTo) < now) {
    return `expired on ${certificate.validTo}`
  }
  if (new Date(certificate.validFrom) > now) {
    return `is not valid before ${certificate.validFrom}`
  }
  return undefined
}
