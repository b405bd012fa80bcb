import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from '@jest/globals'

import type { Client } from '../support/authorization-server.ts'
import { CertificateAuthority } from '../support/certificates.ts'
import { ConnectProxy } from '../support/connect-proxy.ts'
import { FaultProxy } from '../support/fault-proxy.ts'
import { testWithSignals } from '../support/what-systems-can.ts'
import { World } from '../support/world.ts'

const client: Client = { id: 'public', secret: '', authMethod: 'none' }
const strict = { rotationClass: 'strict', graceSeconds: 0 } as const
const authority = new CertificateAuthority('CN=Nobody,O=Test')

let folder: string
let world: World

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotate-token-hostile-'))
})

afterEach(async () => {
  rmSync(folder, { recursive: true })
  await world.close()
})

test('NODE_TLS_REJECT_UNAUTHORIZED=0: nothing is sent to whom nobody trusts', async () => {
  world = await World.start(client, strict, {
    clients: [client],
    tls: authority.issueForServer(),
  })
  const { main } = await world.run({
    with: { 'token-endpoint': world.authorizationServer.tokenEndpoint },
    job: { environment: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } },
  })
  expect(world.authorizationServer.refreshes).toBe(0)
  expect(main.outputs).toMatchObject({
    outcome: 'failed',
    'error-code': 'CONFIGURATION_INVALID',
    'credential-state': 'unchanged',
  })
  expect(main.annotations[0]?.message).toContain('NODE_TLS_REJECT_UNAUTHORIZED')
  expect(world.githubProxy.requests).toEqual([])
})

test.each([
  ['NODE_DEBUG', 'net'],
  ['NODE_OPTIONS', '--heapsnapshot-signal=SIGUSR2'],
  ['NODE_OPTIONS', '--tls-keylog=keys'],
])('%s=%s: nothing is sent', async (name, value) => {
  world = await World.start()
  const { main } = await world.run({ job: { environment: { [name]: value } } })
  expect(main.outputs['error-code']).toBe('CONFIGURATION_INVALID')
  expect(main.annotations[0]?.message).toContain(name)
  expect(world.githubProxy.requests).toEqual([])
})

test('HTTP_PROXY gets nothing that is for this machine', async () => {
  world = await World.start()
  const proxy = new ConnectProxy()
  await proxy.start()
  const { main } = await world.run({
    job: { environment: { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url } },
  })
  await proxy.close()
  expect(proxy.targets).toEqual([])
  expect(main.outputs['outcome']).toBe('rotated')
})

test('NODE_EXTRA_CA_CERTS is what makes the CA of GitHub trusted', async () => {
  world = await World.start()
  const front = new FaultProxy(world.github.url, authority.issueForServer())
  await front.start()
  const file = join(folder, 'ca.pem')
  writeFileSync(file, authority.certificate)
  const { main } = await world.run({
    job: { apiUrl: front.url, environment: { NODE_EXTRA_CA_CERTS: file } },
  })
  await front.close()
  expect(main.outputs['outcome']).toBe('rotated')
})

testWithSignals('a diagnostic report of node has no inputs in it', async () => {
  world = await World.start()
  const wait = { until: () => reported.promise, kind: 'wait' } as const
  const reported = Promise.withResolvers<undefined>()
  world.authorizationProxy.rules.push({ fault: wait })
  const { main } = await world.run({
    onStart: (step) => {
      const timer = setInterval(() => {
        if (world.authorizationProxy.requests.length > 0) {
          if (readdirSync(folder).length === 0) step.kill('SIGUSR2')
          else {
            clearInterval(timer)
            reported.resolve(undefined)
          }
        }
      }, 50)
    },
    job: {
      environment: {
        NODE_OPTIONS: `--report-on-signal --report-directory=${folder}`,
      },
    },
  })
  expect(main.outputs['outcome']).toBe('rotated')
  const [file = ''] = readdirSync(folder)
  const report = readFileSync(join(folder, file), 'utf8')
  expect(report).toContain('javascriptStack')
  expect(report).not.toContain('INPUT_')
  for (const token of world.authorizationServer.issued) {
    expect(report).not.toContain(token)
  }
})

test('what cannot be printed ends nothing, and leaves no core behind', async () => {
  world = await World.start()
  world.authorizationProxy.rules.push({
    fault: {
      kind: 'hold',
      until: async () => {
        while (!isGone) await new Promise(setImmediate)
      },
    },
  })
  let isGone = false
  const { main } = await world.run({
    onStart: (step) => {
      const timer = setInterval(() => {
        if (world.authorizationProxy.requests.length === 0) return
        clearInterval(timer)
        // The reader of the log dies while the request is on its way.
        step.stdout?.destroy()
        step.stderr?.destroy()
        isGone = true
      }, 5)
    },
    job: { environment: { NODE_OPTIONS: '--abort-on-uncaught-exception' } },
  })
  expect(main.signal).toBeNull()
  expect(main.exitCode).toBe(0)
  expect(main.outputs['outcome']).toBe('rotated')
  expect(await world.authorizationServer.liveRefreshTokens()).toEqual([
    world.storedRefreshToken,
  ])
})
