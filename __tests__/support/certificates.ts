import {
  X509Certificate,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto'
import { isIPv4 } from 'node:net'

import { writeCertificate, type CertificateContent } from './tls-x509.ts'

const DAY_MILLISECONDS = 86_400_000

/** PEM, both. */
export interface Certificate {
  /** With those between it and its root, as they are sent in a handshake. */
  readonly certificate: string
  /** PKCS#8. */
  readonly privateKey: string
}

export type KeyType = 'EC' | 'RSA'

export interface CertificateOptions {
  /** RFC 4514, the most specific name first: `CN=rotator,O=Acme`. */
  readonly subject?: string
  /** `DNS:localhost`, `IP:127.0.0.1`, `URI:…`, `email:…` */
  readonly subjectAltNames?: readonly string[]
  readonly validity?: 'now' | 'expired' | 'future'
  readonly keyType?: KeyType
}

/** Issues certificates that nobody trusts who was not told to. */
export class CertificateAuthority {
  /** PEM; whoever has it trusts what is issued here. */
  readonly certificate: string
  readonly #subject: string
  readonly #key: KeyPair
  /** Those between a certificate from here and the root. */
  readonly #chain: string

  constructor(subject = 'CN=Test Root,O=Test', parent?: CertificateAuthority) {
    this.#subject = subject
    this.#key = generate('EC')
    const issuer = parent ?? this
    this.certificate = writeCertificate(
      {
        subject,
        issuer: issuer.#subject,
        publicKey: this.#key.publicKey,
        issuerPublicKey: issuer.#key.publicKey,
        ...period('now'),
        usage: 'authority',
        subjectAltNames: [],
      },
      issuer.#key.privateKey,
    )
    this.#chain = parent === undefined ? '' : this.certificate + parent.#chain
  }

  /** An authority below this one; its certificates come with its own. */
  issueAuthority(
    subject = 'CN=Test Intermediate,O=Test',
  ): CertificateAuthority {
    return new CertificateAuthority(subject, this)
  }

  /** For the names given, as a server has it; left out: for loopback. */
  issueForServer(
    hosts: readonly string[] = ['127.0.0.1', 'localhost'],
    options: CertificateOptions = {},
  ): Certificate {
    return this.#issue('server', {
      subject: `CN=${hosts[0] ?? ''}`,
      subjectAltNames: hosts.map(
        (host) => `${isIPv4(host) ? 'IP' : 'DNS'}:${host}`,
      ),
      ...options,
    })
  }

  issueForClient(options: CertificateOptions = {}): Certificate {
    return this.#issue('client', options)
  }

  #issue(
    usage: CertificateContent['usage'],
    options: CertificateOptions,
  ): Certificate {
    const key = generate(options.keyType)
    const issuer = { subject: this.#subject, key: this.#key }
    const { certificate, privateKey } = write(usage, options, key, issuer)
    return { certificate: certificate + this.#chain, privateKey }
  }
}

/** A client certificate that vouches for itself. */
export function selfSign(options: CertificateOptions = {}): Certificate {
  return write('client', options, generate(options.keyType))
}

/** The certificate, with a private key that has nothing to do with it. */
export function withForeignKey({ certificate }: Certificate): Certificate {
  return { certificate, privateKey: toPem(generate('EC').privateKey) }
}

/** RFC 4514, as clients are registered with it. */
export function subjectOf({ certificate }: Certificate): string {
  return toDistinguishedName(new X509Certificate(certificate))
}

export function toDistinguishedName({ subject }: X509Certificate): string {
  return subject.split('\n').reverse().join(',')
}

/** The public key with its certificate, as clients register self-signed ones. */
export function toCertificateJwk({ certificate }: Certificate): JsonWebKey {
  const { raw } = new X509Certificate(certificate)
  return {
    ...createPublicKey(certificate).export({ format: 'jwk' }),
    use: 'sig',
    x5c: [raw.toString('base64')],
  }
}

interface KeyPair {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

function generate(type: KeyType = 'EC'): KeyPair {
  return type === 'EC'
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
    : generateKeyPairSync('rsa', { modulusLength: 2048 })
}

function write(
  usage: CertificateContent['usage'],
  options: CertificateOptions,
  key: KeyPair,
  givenIssuer?: { subject: string; key: KeyPair },
): Certificate {
  const { subject = 'CN=rotator,O=Acme', subjectAltNames = [] } = options
  const issuer = givenIssuer ?? { subject, key }
  const certificate = writeCertificate(
    {
      subject,
      issuer: issuer.subject,
      publicKey: key.publicKey,
      issuerPublicKey: issuer.key.publicKey,
      ...period(options.validity),
      usage,
      subjectAltNames,
    },
    issuer.key.privateKey,
  )
  return { certificate, privateKey: toPem(key.privateKey) }
}

function toPem(key: KeyObject): string {
  return key.export({ format: 'pem', type: 'pkcs8' }).toString()
}

function period(validity: CertificateOptions['validity'] = 'now'): {
  validFrom: Date
  validTo: Date
} {
  const [from, to] = { now: [-1, 30], expired: [-30, -1], future: [1, 30] }[
    validity
  ] as [number, number]
  return {
    validFrom: new Date(Date.now() + from * DAY_MILLISECONDS),
    validTo: new Date(Date.now() + to * DAY_MILLISECONDS),
  }
}
