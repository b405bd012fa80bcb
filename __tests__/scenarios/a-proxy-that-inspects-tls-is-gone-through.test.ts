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
})

afterEach(async () => {
  await proxy.close()
  await world.close()
})

function run(caCertificates: string): Promise<RunResult> {
  return world.run({
    with: {
      'token-endpoint': '',
      issuer: world.authorizationServer.issuer,
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
})

test('without it the error says which certificate, and which input helps', async () => {
  const { main } = await run('')
  expect(main.outputs).toMatchObject({
    outcome: 'failed',
    'credential-state': 'unchanged',
  })
  const { host } = new URL(world.authorizationServer.issuer)
  expect(main.annotations[0]?.message).toContain(
    `the certificate of ${host} is not trusted; 'ca-certificates'`,
  )
})
