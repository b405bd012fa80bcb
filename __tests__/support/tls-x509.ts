import { createHash, randomBytes, sign, type KeyObject } from 'node:crypto'

/**
 * Writes X.509 certificates (RFC 5280). Node reads them only, a fresh machine
 * has no openssl, and packages for it come with a dozen others. That the result
 * is right is not for this file to say: OpenSSL verifies it in each handshake.
 */
export interface CertificateContent {
  /** RFC 4514, the most specific name first: `CN=rotator,O=Acme`. */
  readonly subject: string
  readonly issuer: string
  readonly publicKey: KeyObject
  readonly issuerPublicKey: KeyObject
  readonly validFrom: Date
  readonly validTo: Date
  readonly usage: 'authority' | 'server' | 'client'
  /** `DNS:localhost`, `IP:127.0.0.1`, `URI:…`, `email:…` */
  readonly subjectAltNames: readonly string[]
}

/** @returns PEM */
export function writeCertificate(
  content: CertificateContent,
  issuerKey: KeyObject,
): string {
  const algorithm = signatureAlgorithm(issuerKey)
  const toBeSigned = sequence(
    der(0xa0, integer(Buffer.of(2))),
    // Positive and without a leading zero byte.
    integer(Buffer.concat([Buffer.of(0x4a), randomBytes(8)])),
    algorithm,
    writeName(content.issuer),
    sequence(time(content.validFrom), time(content.validTo)),
    writeName(content.subject),
    content.publicKey.export({ format: 'der', type: 'spki' }),
    der(0xa3, sequence(...extensions(content))),
  )
  const isEdwards = issuerKey.asymmetricKeyType === 'ed25519'
  const signature = sign(isEdwards ? null : 'sha256', toBeSigned, issuerKey)
  const certificate = sequence(toBeSigned, algorithm, bitString(signature))
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? []
  return [
    '-----BEGIN CERTIFICATE-----',
    ...lines,
    '-----END CERTIFICATE-----\n',
  ].join('\n')
}

function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents)
  const { length } = content
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content])
  return length < 0x100
    ? Buffer.concat([Buffer.of(tag, 0x81, length), content])
    : Buffer.concat([Buffer.of(tag, 0x82, length >> 8, length & 0xff), content])
}

function sequence(...contents: readonly Uint8Array[]): Buffer {
  return der(0x30, ...contents)
}

function integer(content: Uint8Array): Buffer {
  return der(0x02, content)
}

function bitString(content: Uint8Array, unusedBits = 0): Buffer {
  return der(0x03, Buffer.of(unusedBits), content)
}

function octetString(content: Uint8Array): Buffer {
  return der(0x04, content)
}

function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const part of rest) {
    const digits = [part & 0x7f]
    for (let left = part >>> 7; left > 0; left >>>= 7) {
      digits.unshift((left & 0x7f) | 0x80)
    }
    bytes.push(...digits)
  }
  return der(0x06, Buffer.from(bytes))
}

function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/\.\d+|[-:T]/g, '')
  // UTCTime until 2049, as RFC 5280 section 4.1.2.5 wants it.
  return date.getUTCFullYear() < 2050
    ? der(0x17, Buffer.from(digits.slice(2)))
    : der(0x18, Buffer.from(digits))
}

const attributeTypes: Readonly<Record<string, string>> = {
  CN: '2.5.4.3',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  O: '2.5.4.10',
  OU: '2.5.4.11',
}

function writeName(name: string): Buffer {
  const relativeNames = name.split(/,\s*/).map((part) => {
    const [, type = '', value = ''] = /^(\w+)=(.+)$/.exec(part) ?? []
    const identifier = attributeTypes[type]
    if (identifier === undefined) throw new Error(`no name: ${part}`)
    const text = der(type === 'C' ? 0x13 : 0x0c, Buffer.from(value))
    return der(0x31, sequence(objectIdentifier(identifier), text))
  })
  // Written from the general to the specific, and said the other way round.
  return sequence(...relativeNames.reverse())
}

function signatureAlgorithm({ asymmetricKeyType }: KeyObject): Buffer {
  switch (asymmetricKeyType) {
    case 'ec':
      return sequence(objectIdentifier('1.2.840.10045.4.3.2'))
    case 'rsa':
      return sequence(objectIdentifier('1.2.840.113549.1.1.11'), der(0x05))
    case 'ed25519':
      return sequence(objectIdentifier('1.3.101.112'))
    default:
      throw new Error(`cannot sign with ${asymmetricKeyType}`)
  }
}

function extensions(content: CertificateContent): Buffer[] {
  const { usage, subjectAltNames } = content
  const critical = der(0x01, Buffer.of(0xff))
  const isAuthority = usage === 'authority'
  const keyIdentifier = (key: KeyObject): Buffer =>
    createHash('sha1')
      .update(key.export({ format: 'der', type: 'spki' }))
      .digest()
  const extension = (
    identifier: string,
    value: Buffer,
    ...flags: Buffer[]
  ): Buffer =>
    sequence(objectIdentifier(identifier), ...flags, octetString(value))
  return [
    extension(
      '2.5.29.19',
      sequence(...(isAuthority ? [critical] : [])),
      critical,
    ),
    // keyCertSign and cRLSign; digitalSignature.
    extension(
      '2.5.29.15',
      isAuthority
        ? bitString(Buffer.of(0x06), 1)
        : bitString(Buffer.of(0x80), 7),
      critical,
    ),
    ...(isAuthority
      ? []
      : [
          extension(
            '2.5.29.37',
            sequence(
              objectIdentifier(
                usage === 'server' ? '1.3.6.1.5.5.7.3.1' : '1.3.6.1.5.5.7.3.2',
              ),
            ),
          ),
        ]),
    extension('2.5.29.14', octetString(keyIdentifier(content.publicKey))),
    // So that two authorities may have the same name.
    extension(
      '2.5.29.35',
      sequence(der(0x80, keyIdentifier(content.issuerPublicKey))),
    ),
    ...(subjectAltNames.length === 0
      ? []
      : [
          extension(
            '2.5.29.17',
            sequence(...subjectAltNames.map(writeAltName)),
          ),
        ]),
  ]
}

function writeAltName(name: string): Buffer {
  const [, kind = '', value = ''] = /^(\w+):(.+)$/.exec(name) ?? []
  switch (kind) {
    case 'email':
      return der(0x81, Buffer.from(value))
    case 'DNS':
      return der(0x82, Buffer.from(value))
    case 'URI':
      return der(0x86, Buffer.from(value))
    case 'IP':
      return der(0x87, Buffer.from(value.split('.').map(Number)))
    default:
      throw new Error(`no alternative name: ${name}`)
  }
}
