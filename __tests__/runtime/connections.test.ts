import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { TLSSocket, type SecureVersion } from 'node:tls'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { fetch, type Dispatcher } from 'undici'

import {
  openConnections,
  type Connections,
} from '../../src/runtime/connections.ts'
import { CertificateAuthority } from '../support/certificates.ts'
import { ConnectProxy } from '../support/connect-proxy.ts'

const authority = new CertificateAuthority()
const clientAuthority = new CertificateAuthority('CN=Clients,O=Test')
const trust = {
  minimumTlsVersion: '1.2',
  authorizationServer: { caCertificates: authority.certificate },
} as const

let server: Server
let connections: Connections | undefined
/** The subject of the certificate that each client has shown. */
let shown: (string | undefined)[]

async function start(
  maxVersion: SecureVersion,
  names = ['127.0.0.1'],
): Promise<string> {
  const { certificate, privateKey } = authority.issueForServer(names)
  server = createServer(
    {
      cert: certificate,
      key: privateKey,
      ca: clientAuthority.certificate,
      requestCert: true,
      rejectUnauthorized: false,
      maxVersion,
    },
    (request, response) => {
      const { socket } = request
      if (socket instanceof TLSSocket) {
        shown.push(socket.getPeerX509Certificate()?.subject)
      }
      response.end('hello')
    },
  )
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function ask(url: string, dispatcher: Dispatcher): Promise<string> {
  return (await fetch(url, { dispatcher })).text()
}

beforeEach(() => {
  shown = []
})

afterEach(async () => {
  await connections?.destroy()
  server.closeAllConnections()
  server.close()
})

/** The rest of what a host needs is of no interest here. */
const names = [
  ...['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'NO_PROXY', 'no_proxy'],
  'NODE_TLS_REJECT_UNAUTHORIZED',
]

afterEach(() => {
  for (const name of names) Reflect.deleteProperty(process.env, name)
})

test('a CA of its own is trusted besides those of node, for the authorization server alone', async () => {
  const url = await start('TLSv1.3')
  connections = openConnections(trust)
  expect(await ask(url, connections.authorizationServer)).toBe('hello')
  await expect(ask(url, connections.github)).rejects.toThrow()
})

test('a variable of node does not make everybody trusted', async () => {
  const url = await start('TLSv1.3')
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
  connections = openConnections({ minimumTlsVersion: '1.2' })
  await expect(ask(url, connections.github)).rejects.toThrow()
  await expect(ask(url, connections.authorizationServer)).rejects.toThrow()
})

test.each([
  ['1.2', 'TLSv1.2', true],
  ['1.3', 'TLSv1.2', false],
  ['1.3', 'TLSv1.3', true],
] as const)(
  'at least TLS %s, where the server can do %s: %p',
  async (minimumTlsVersion, maxVersion, isAccepted) => {
    const url = await start(maxVersion)
    connections = openConnections({ ...trust, minimumTlsVersion })
    const asking = ask(url, connections.authorizationServer)
    await (isAccepted
      ? expect(asking).resolves.toBe('hello')
      : expect(asking).rejects.toThrow())
  },
)

test('only the authorization server gets to see the certificate of the client', async () => {
  const url = await start('TLSv1.3')
  const client = clientAuthority.issueForClient({ subject: 'CN=rotator' })
  connections = openConnections({
    ...trust,
    authorizationServer: { ...trust.authorizationServer, client },
  })
  await ask(url, connections.authorizationServer)
  await ask(url, connections.github).catch(() => undefined)
  expect(shown).toEqual(['CN=rotator'])
})

describe('the proxy of the environment', () => {
  let proxy: ConnectProxy

  beforeEach(async () => {
    proxy = new ConnectProxy()
    await proxy.start()
  })

  afterEach(() => proxy.close())

  /** Nobody has this name; the proxy knows who is meant. */
  async function startRemote(): Promise<string> {
    const url = new URL(await start('TLSv1.3', ['remote.test']))
    proxy.hosts.set('remote.test', url.host)
    return `https://remote.test`
  }

  test.each(['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY'])(
    '%s is gone through',
    async (name) => {
      process.env[name] = proxy.url
      const url = await startRemote()
      connections = openConnections(trust)
      expect(await ask(url, connections.authorizationServer)).toBe('hello')
      await expect(ask(url, connections.github)).rejects.toThrow()
      expect(proxy.targets).toEqual(['remote.test:443', 'remote.test:443'])
    },
  )

  test.each(['NO_PROXY', 'no_proxy'])('%s leaves it out', async (name) => {
    process.env['HTTPS_PROXY'] = proxy.url
    process.env[name] = 'remote.test'
    const url = await startRemote()
    connections = openConnections(trust)
    await expect(ask(url, connections.authorizationServer)).rejects.toThrow()
    expect(proxy.targets).toEqual([])
  })

  test.each(['HTTPS_PROXY', 'HTTP_PROXY'])(
    '%s gets nothing that is for this machine',
    async (name) => {
      process.env[name] = proxy.url
      const url = await start('TLSv1.3')
      connections = openConnections(trust)
      expect(await ask(url, connections.authorizationServer)).toBe('hello')
      expect(proxy.targets).toEqual([])
    },
  )
})
