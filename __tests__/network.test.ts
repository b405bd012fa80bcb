import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { TLSSocket, type SecureVersion } from 'node:tls'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { fetch, type Dispatcher } from 'undici'

import { openConnections, type Connections } from '../src/network.ts'
import { CertificateAuthority } from './support/certificates.ts'
import { ConnectProxy } from './support/connect-proxy.ts'

const authority = new CertificateAuthority()
const clientAuthority = new CertificateAuthority('CN=Clients,O=Test')
const trust = { caCertificates: authority.certificate }

let server: Server
let connections: Connections | undefined
/** The subject of the certificate that each client has shown. */
let shown: (string | undefined)[]

async function start(maxVersion: SecureVersion): Promise<string> {
  const { certificate, privateKey } = authority.issueForServer()
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

test('a CA of its own is trusted besides those of node, and only where it is named', async () => {
  const url = await start('TLSv1.3')
  connections = openConnections({ ...trust, minimumTlsVersion: '1.2' })
  expect(await ask(url, connections.github)).toBe('hello')
  const without = openConnections({ minimumTlsVersion: '1.2' })
  await expect(ask(url, without.github)).rejects.toThrow()
  await without.destroy()
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
  connections = openConnections({
    ...trust,
    minimumTlsVersion: '1.2',
    client: clientAuthority.issueForClient({ subject: 'CN=rotator' }),
  })
  await ask(url, connections.github)
  await ask(url, connections.authorizationServer)
  expect(shown).toEqual([undefined, 'CN=rotator'])
})

describe('the proxy of the environment', () => {
  const names = ['HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy']
  let proxy: ConnectProxy

  beforeEach(async () => {
    proxy = new ConnectProxy()
    await proxy.start()
  })

  afterEach(async () => {
    for (const name of names) Reflect.deleteProperty(process.env, name)
    await proxy.close()
  })

  test.each(['HTTPS_PROXY', 'https_proxy'])(
    '%s is gone through',
    async (name) => {
      process.env[name] = proxy.url
      const url = await start('TLSv1.3')
      connections = openConnections({ ...trust, minimumTlsVersion: '1.2' })
      expect(await ask(url, connections.github)).toBe('hello')
      expect(await ask(url, connections.authorizationServer)).toBe('hello')
      expect(proxy.targets).toContain(new URL(url).host)
    },
  )

  test.each(['NO_PROXY', 'no_proxy'])('%s leaves it out', async (name) => {
    process.env['HTTPS_PROXY'] = proxy.url
    process.env[name] = '127.0.0.1'
    const url = await start('TLSv1.3')
    connections = openConnections({ ...trust, minimumTlsVersion: '1.2' })
    expect(await ask(url, connections.github)).toBe('hello')
    expect(proxy.targets).toEqual([])
  })
})
