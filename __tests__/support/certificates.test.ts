import { X509Certificate, createPrivateKey } from 'node:crypto'
import { once } from 'node:events'
import { TLSSocket, connect } from 'node:tls'

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

import {
  CertificateAuthority,
  selfSign,
  subjectOf,
  withForeignKey,
  type Certificate,
} from './certificates.ts'
import type { RunningServer } from './http-server.ts'
import { serveTls } from './tls-server.ts'

const serverAuthority = new CertificateAuthority('CN=Server Root')
const clientAuthority = new CertificateAuthority('CN=Client Root,O=Acme,C=DE')

function start(
  clientCertificates: 'request' | 'require',
  certificate = serverAuthority.issueForServer(),
): Promise<RunningServer> {
  return serveTls(
    (request, response) => {
      const { socket } = request
      if (!(socket instanceof TLSSocket)) throw new Error('without TLS')
      response.end(
        socket.authorized ? 'authorized' : String(socket.authorizationError),
      )
    },
    {
      ...certificate,
      clientCertificates,
      clientCa: clientAuthority.certificate,
    },
  )
}

/** What the server said over a connection of its own. */
async function ask(
  { url }: RunningServer,
  client?: Certificate,
  { ca = serverAuthority.certificate } = {},
): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connect({
    host: hostname,
    port: Number(port),
    ca,
    ...(client && { cert: client.certificate, key: client.privateKey }),
  })
  await once(socket, 'secureConnect')
  socket.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  let answer = ''
  for await (const chunk of socket) answer += String(chunk)
  return (
    answer
      .split('\r\n\r\n')
      .at(-1)
      ?.replace(/^\w+\r\n|\r\n$/g, '') ?? ''
  )
}

describe('a client certificate', () => {
  let server: RunningServer

  beforeAll(async () => {
    server = await start('request')
  })

  afterAll(() => server.close())

  test.each<[string, Certificate | undefined, string]>([
    ['of the CA', clientAuthority.issueForClient(), 'authorized'],
    [
      'of the CA, for an RSA key',
      clientAuthority.issueForClient({ keyType: 'RSA' }),
      'authorized',
    ],
    [
      'of an authority below the CA',
      clientAuthority.issueAuthority().issueForClient(),
      'authorized',
    ],
    [
      'of another CA with the same name',
      new CertificateAuthority('CN=Client Root,O=Acme,C=DE').issueForClient(),
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
    [
      'that is expired',
      clientAuthority.issueForClient({ validity: 'expired' }),
      'CERT_HAS_EXPIRED',
    ],
    [
      'that is not valid yet',
      clientAuthority.issueForClient({ validity: 'future' }),
      'CERT_NOT_YET_VALID',
    ],
    ['for servers', clientAuthority.issueForServer(), 'INVALID_PURPOSE'],
    ['that is self-signed', selfSign(), 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['that is not there', undefined, 'UNABLE_TO_GET_ISSUER_CERT'],
  ])('%s', async (_, certificate, expected) => {
    expect(await ask(server, certificate)).toBe(expected)
  })
})

test('a server that requires a good one breaks the connection off', async () => {
  const server = await start('require')
  expect(await ask(server, clientAuthority.issueForClient())).toBe('authorized')
  for (const bad of [selfSign(), undefined]) {
    // With TLS 1.3 the client believes in the connection until it is used.
    expect(await ask(server, bad).catch(() => '')).toBe('')
  }
  await server.close()
})

test.each([
  ['of another CA', new CertificateAuthority().issueForServer(), /verify/],
  [
    'that is expired',
    serverAuthority.issueForServer(undefined, { validity: 'expired' }),
    /expired/,
  ],
  ['for another name', serverAuthority.issueForServer(['x.example']), /IP/],
])('a client refuses a server certificate %s', async (_, bad, reason) => {
  const server = await start('request', bad)
  await expect(ask(server)).rejects.toThrow(reason)
  await server.close()
})

test('a certificate says what it was made with', () => {
  const issued = clientAuthority.issueForClient({
    subject: 'CN=rotator,OU=Bots,O=Acme,C=DE',
    subjectAltNames: ['DNS:rotator.example', 'URI:urn:rotator', 'IP:10.1.2.3'],
  })
  const read = new X509Certificate(issued.certificate)
  expect(subjectOf(issued)).toBe('CN=rotator,OU=Bots,O=Acme,C=DE')
  expect(read.subjectAltName).toBe(
    'DNS:rotator.example, URI:urn:rotator, IP Address:10.1.2.3',
  )
  expect(read.checkPrivateKey(createPrivateKey(issued.privateKey))).toBe(true)
  const { privateKey } = withForeignKey(issued)
  expect(read.checkPrivateKey(createPrivateKey(privateKey))).toBe(false)
})
