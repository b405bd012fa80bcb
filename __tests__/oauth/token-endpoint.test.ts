import {
  createServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Agent } from 'undici'

import type { Client } from '../../src/oauth/client-authentication.ts'
import {
  createAuthorizationServer,
  type AuthorizationServerOptions,
} from '../../src/oauth/authorization-server.ts'
import type { RefreshResult } from '../../src/rotation/ports.ts'
import { SecretValue } from '../../src/rotation/tokens/secret-value.ts'
import {
  readBody,
  sendJson,
  serve,
  type RunningServer,
} from '../support/http-server.ts'
import { portsOn } from '../support/oauth-ports.ts'

const refreshToken = new SecretValue('the refresh token/+=')
const client: Client = { id: 'me', secret: new SecretValue('my:secret+') }

let dispatcher: Agent
const toClose: (() => unknown)[] = []

beforeEach(() => {
  dispatcher = new Agent({ allowH2: false })
})

afterEach(async () => {
  await dispatcher.destroy()
  for (const close of toClose.splice(0)) await close()
})

function refresh(
  url: string,
  options: Partial<AuthorizationServerOptions> = {},
): Promise<RefreshResult> {
  return createAuthorizationServer(
    {
      client,
      tokenEndpoint: new URL(url),
      tokenRequestParameters: [],
      ...options,
    },
    portsOn(dispatcher),
  ).refresh(refreshToken)
}

async function serveHttp(
  ...parameters: Parameters<typeof serve>
): Promise<RunningServer> {
  const server = await serve(...parameters)
  toClose.push(() => server.close())
  return server
}

/** A server below HTTP, to do what an HTTP server would not. */
async function serveTcp(onSocket: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    onSocket(socket)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  toClose.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

test('the client asks for a token of its own', async () => {
  let body = ''
  const server = await serveHttp((request, response) => {
    void readBody(request).then((text) => {
      body = text
      sendJson(response, 200, { access_token: 'AT', expires_in: 60 })
    })
  })
  const authorizationServer = createAuthorizationServer(
    {
      client,
      tokenEndpoint: new URL(server.url),
      tokenRequestParameters: [['audience', 'api']],
    },
    portsOn(dispatcher),
  )
  const tokens = await authorizationServer.requestClientCredentials()
  expect(tokens?.accessToken?.reveal()).toBe('AT')
  expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
    grant_type: 'client_credentials',
    audience: 'api',
  })
})

describe('the token request', () => {
  async function seen(
    options: Partial<AuthorizationServerOptions>,
  ): Promise<{ headers: Record<string, unknown>; body: URLSearchParams }> {
    let body = ''
    let headers = {}
    const server = await serveHttp((request, response) => {
      void readBody(request).then((text) => {
        body = text
        headers = { method: request.method, ...request.headers }
        sendJson(response, 200, { access_token: 'AT' })
      })
    })
    await refresh(server.url, options)
    return { headers, body: new URLSearchParams(body) }
  }

  test('is a refresh token grant with HTTP Basic, form-encoded first', async () => {
    const { headers, body } = await seen({})
    expect(Object.fromEntries(body)).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'the refresh token/+=',
    })
    expect(headers).toMatchObject({
      method: 'POST',
      accept: 'application/json',
      'accept-encoding': 'identity',
      'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
      authorization: `Basic ${btoa('me:my%3Asecret%2B')}`,
    })
  })

  test('has the secret in its body with client_secret_post', async () => {
    const { headers, body } = await seen({
      client: { ...client, authMethod: 'client_secret_post' },
    })
    expect(Object.fromEntries(body)).toMatchObject({
      client_id: 'me',
      client_secret: 'my:secret+',
    })
    expect(headers).not.toHaveProperty('authorization')
  })

  test('has only the client identifier without a secret', async () => {
    const { headers, body } = await seen({ client: { id: 'me' } })
    expect(body.get('client_id')).toBe('me')
    expect(body.has('client_secret')).toBe(false)
    expect(headers).not.toHaveProperty('authorization')
  })

  test('carries scope and further parameters', async () => {
    const { body } = await seen({
      scope: 'read write',
      tokenRequestParameters: [['redirect_uri', 'https://me.example/?a=b']],
    })
    expect(Object.fromEntries(body)).toMatchObject({
      scope: 'read write',
      redirect_uri: 'https://me.example/?a=b',
    })
  })
})

describe('what is known when no reply came', () => {
  test('not sent: nobody listens', async () => {
    const port = await serveTcp(() => undefined)
    for (const close of toClose.splice(0)) await close()
    expect(await refresh(`http://127.0.0.1:${port}`)).toEqual({
      kind: 'not-sent',
      answer: 'ECONNREFUSED',
    })
  })

  test('not sent: no such host', async () => {
    const result = await refresh('https://no-such-host.invalid/token')
    expect(result.kind).toBe('not-sent')
  })

  test('not sent: no TLS', async () => {
    const port = await serveTcp((socket) => {
      socket.end('this is not TLS')
    })
    const result = await refresh(`https://127.0.0.1:${port}`)
    expect(result.kind).toBe('not-sent')
  })

  test.each<[string, (socket: Socket) => void]>([
    [
      'reset after the request',
      (socket) => socket.once('data', () => socket.resetAndDestroy()),
    ],
    ['reset at once', (socket) => setImmediate(() => socket.resetAndDestroy())],
    [
      'ended after the request',
      (socket) => socket.once('data', () => socket.end()),
    ],
    [
      'ended inside of the headers',
      (socket) => socket.once('data', () => socket.end('HTTP/1.1 200 O')),
    ],
    [
      'something else than HTTP',
      (socket) => socket.once('data', () => socket.end('220 mail ready\r\n')),
    ],
  ])('indeterminate, and asked once: %s', async (_, onSocket) => {
    let connections = 0
    const port = await serveTcp((socket) => {
      connections += 1
      onSocket(socket)
    })
    expect(await refresh(`http://127.0.0.1:${port}`)).toMatchObject({
      kind: 'indeterminate',
    })
    expect(connections).toBe(1)
  })
})

describe('a reply', () => {
  test('that breaks off gives what had arrived', async () => {
    const port = await serveTcp((socket) => {
      socket.once('data', () => {
        const head = 'HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n'
        socket.write(`${head}{"refresh_token":"new","acc`, () => {
          socket.resetAndDestroy()
        })
      })
    })
    const result = await refresh(`http://127.0.0.1:${port}`)
    expect(result).toMatchObject({ kind: 'issued' })
    expect(
      result.kind === 'issued' && result.tokens.refreshToken?.reveal(),
    ).toBe('new')
  })

  test('that never ends is read up to 1 MiB', async () => {
    const server = await serveHttp((_, response) => {
      response.write('{"refresh_token":"new","filler":"')
      const filler = 'x'.repeat(64 * 1024)
      const pump = (): void => {
        while (!response.destroyed && response.write(filler));
        if (!response.destroyed) response.once('drain', pump)
      }
      pump()
    })
    const result = await refresh(server.url)
    expect(
      result.kind === 'issued' && result.tokens.refreshToken?.reveal(),
    ).toBe('new')
  })

  test.each([301, 302, 303, 307, 308])(
    'that redirects (%d) is not followed',
    async (status) => {
      let visits = 0
      const elsewhere = await serveHttp((_, response) => {
        visits += 1
        response.end()
      })
      const server = await serveHttp((_, response) => {
        response.writeHead(status, { location: elsewhere.url }).end()
      })
      expect((await refresh(server.url)).kind).toBe('indeterminate')
      expect(visits).toBe(0)
    },
  )

  test.each([100, 199, 299, 599, 999])(
    'may have the status %d',
    async (status) => {
      const port = await serveTcp((socket) => {
        socket.once('data', () => {
          const body = '{"access_token":"AT","refresh_token":"new"}'
          socket.end(
            `HTTP/1.1 ${status} Odd\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
          )
        })
      })
      const result = await refresh(`http://127.0.0.1:${port}`)
      expect(['issued', 'indeterminate']).toContain(result.kind)
    },
  )

  test('tells the time of the server and when to come back', async () => {
    const server = await serveHttp((_, response) => {
      response.setHeader('date', 'Thu, 01 Jan 2026 00:00:00 GMT')
      sendJson(response, 200, { access_token: 'AT' })
    })
    const result = await refresh(server.url)
    expect(result.kind === 'issued' && result.tokens.issuedAt).toEqual(
      new Date('2026-01-01T00:00:00Z'),
    )
    const busy = await serveHttp((_, response) => {
      response.writeHead(429, { 'retry-after': '30' }).end('{}')
    })
    expect(await refresh(busy.url)).toMatchObject({
      kind: 'refused',
      answer: 'HTTP 429 with Retry-After: 30',
    })
  })
})
