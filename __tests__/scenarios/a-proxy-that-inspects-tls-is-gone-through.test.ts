import { afterEach, beforeEach, expect, test } from '@jest/globals'

import type { Client } from '../support/authorization-server.ts'
import { CertificateAuthority } from '../support/certificates.ts'
import { ConnectProxy } from '../support/connect-proxy.ts'
import type { RunResult } from '../support/runner/runner.ts'
import { World } from '../support/world.ts'

const client: Client = { id: 'the-client', secret: '', authMethod: 'none' }
const strict = { rotationClass: 'strict', graceSeconds: 0 } as const

let world: World
let proxy: ConnectProxy
const serverAuthority = new CertificateAuthority('CN=Server CA,O=Test')
const proxyAuthority = new CertificateAuthority('CN=Company CA,O=Test')

beforeEach(async () => {
  world = await World.start(client, strict, {
    clients: [client],
    tls: serverAuthority.issueForServer(),
  })
  proxy = new ConnectProxy({
    inspection: {
      authority: proxyAuthority,
      serverCa: serverAuthority.certificate,
    },
  })
  await proxy.start()
  const { host } = new URL(world.authorizationServer.issuer)
  proxy.hosts.set('as.test', host)
})

afterEach(async () => {
  await proxy.close()
  await world.close()
})

function run(caCertificates: string): Promise<RunResult> {
  return world.run({
    with: {
      // A name that only the proxy knows: what is on this machine needs no proxy.
      'token-endpoint': 'https://as.test/token',
      'ca-certificates': caCertificates,
    },
    job: { environment: { HTTPS_PROXY: proxy.url } },
  })
}

test('with the CA of the proxy', async () => {
  const { main } = await run(proxyAuthority.certificate)
  expect(main.outputs['outcome']).toBe('rotated')
  expect(proxy.connections).toBeGreaterThan(0)
  expect(proxy.inspected).toContain('grant_type=refresh_token')
  // GitHub's is none of its business: a CA for the one is none for the other.
  expect(new Set(proxy.targets)).toEqual(new Set(['as.test:443']))
})

test('without it the error says which certificate, and which input helps', async () => {
  const { main } = await run('')
  expect(main.outputs).toMatchObject({
    outcome: 'failed',
    'credential-state': 'unchanged',
  })
  expect(main.annotations[0]?.message).toContain(
    `the certificate of as.test is not trusted; put the certificate of the CA that issued it into 'ca-certificates'`,
  )
})
