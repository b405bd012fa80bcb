import { afterEach, expect, test } from '@jest/globals'
import { Agent, ProxyAgent, request } from 'undici'

import { CertificateAuthority } from './certificates.ts'
import { ConnectProxy, type ConnectProxyOptions } from './connect-proxy.ts'
import { serve } from './http-server.ts'
import { serveTls } from './tls-server.ts'

const serverAuthority = new CertificateAuthority('CN=Server Root')
const company = new CertificateAuthority('CN=Company Root')
const inspection = {
  authority: company,
  serverCa: serverAuthority.certificate,
}
const running: { close(): Promise<unknown> }[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.close()))
})

async function start(
  options?: ConnectProxyOptions,
  { isTls = true, certificate = serverAuthority.issueForServer() } = {},
): Promise<{ proxy: ConnectProxy; url: string }> {
  const answer = (_request: unknown, response: { end(body: string): void }) => {
    response.end('hello')
  }
  const server = isTls
    ? await serveTls(answer, { ...certificate, clientCertificates: 'none' })
    : await serve(answer)
  const proxy = new ConnectProxy(options)
  await proxy.start()
  running.push(proxy, server)
  return { proxy, url: server.url }
}

async function ask(
  url: string,
  proxyUrl: string,
  trusted = serverAuthority,
): Promise<string> {
  const dispatcher = new ProxyAgent({
    uri: proxyUrl,
    proxyTunnel: true,
    requestTls: { ca: trusted.certificate },
  })
  running.push(dispatcher)
  const { body } = await request(`${url}/path?q`, {
    dispatcher,
    headers: { authorization: 'Bearer canary' },
  })
  return body.text()
}

test('tunnels, and sees nothing', async () => {
  const { proxy, url } = await start()
  expect(await ask(url, proxy.url)).toBe('hello')
  expect(proxy).toMatchObject({
    targets: [new URL(url).host],
    connections: 1,
    inspected: '',
  })
})

test('inspects TLS, with certificates of its own', async () => {
  const { proxy, url } = await start({ inspection })
  await expect(ask(url, proxy.url)).rejects.toThrow(/certificate/)
  expect(await ask(url, proxy.url, company)).toBe('hello')
  expect(proxy.inspected).toContain('GET /path?q HTTP/1.1')
  expect(proxy.inspected).toContain('Bearer canary')
  expect(proxy.connections).toBe(2)
})

test('inspects only servers that it trusts', async () => {
  const certificate = new CertificateAuthority().issueForServer()
  const { proxy, url } = await start({ inspection }, { certificate })
  await expect(ask(url, proxy.url, company)).rejects.toThrow()
})

test('lets plain HTTP through while it inspects TLS', async () => {
  const { proxy, url } = await start({ inspection }, { isTls: false })
  expect(await ask(url, proxy.url)).toBe('hello')
})

test('wants its credentials', async () => {
  const { proxy, url } = await start({ credentials: 'user:pass' })
  const anonymous = new URL(proxy.url)
  anonymous.username = anonymous.password = ''
  await expect(ask(url, anonymous.href)).rejects.toThrow(/407/)
  expect(proxy.connections).toBe(0)
  expect(await ask(url, proxy.url)).toBe('hello')
  expect(proxy.targets).toHaveLength(2)
})

test('refuses', async () => {
  const { proxy, url } = await start({ refusal: 403 })
  await expect(ask(url, proxy.url)).rejects.toThrow(/403/)
})

test('breaks its connections off when it is closed', async () => {
  const { proxy, url } = await start()
  const direct = new Agent({ connect: { ca: serverAuthority.certificate } })
  running.push(direct)
  await ask(url, proxy.url)
  await proxy.close()
  const { body } = await request(url, { dispatcher: direct })
  expect(await body.text()).toBe('hello')
})
