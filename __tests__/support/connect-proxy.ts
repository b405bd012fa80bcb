import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { Socket, connect, isIP, type AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket, connect as connectTls, createSecureContext } from 'node:tls'

import type { CertificateAuthority } from './certificates.ts'

/** The first byte of a TLS handshake. */
const HANDSHAKE = 0x16

export interface ConnectProxyOptions {
  /**
   * Ends TLS here, as companies do: the client sees a certificate of this
   * authority, and the server sees the proxy. No client certificate gets through.
   */
  readonly inspection?: {
    readonly authority: CertificateAuthority
    /** PEM: whom the proxy trusts. */
    readonly serverCa: string
  }
  /** `user:password`; whoever does not have them gets a 407. */
  readonly credentials?: string
  /** Refuses every connection with this status. */
  readonly refusal?: number
}

/** An HTTP proxy for CONNECT, on loopback. */
export class ConnectProxy {
  /** Where a connection was asked for, `host:port`, allowed or not. */
  readonly targets: string[] = []
  /** Connections that were made. */
  connections = 0
  /** What clients have sent, as far as the proxy could read it. */
  inspected = ''
  /** Where names lead that nobody has, to `host:port`. */
  readonly hosts = new Map<string, string>()
  readonly #options: ConnectProxyOptions
  readonly #sockets = new Set<Duplex>()
  #server: Server | undefined

  constructor(options: ConnectProxyOptions = {}) {
    this.#options = options
  }

  async start(): Promise<void> {
    const server = createServer((_request, response) => {
      response.writeHead(405).end()
    })
    server.on('connect', (request, socket, head) => {
      this.#keep(socket)
      if (head.length > 0) socket.unshift(head)
      if (!(socket instanceof Socket)) return
      this.#handle(request, socket).catch(() => socket.destroy())
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    this.#server = server
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => {
      this.#server?.close(resolve)
      this.#server?.closeAllConnections()
    })
  }

  /** With the credentials, if it wants some. */
  get url(): string {
    const { port } = this.#server?.address() as AddressInfo
    const { credentials } = this.#options
    return `http://${credentials === undefined ? '' : `${credentials}@`}127.0.0.1:${port}`
  }

  async #handle(request: IncomingMessage, socket: Socket): Promise<void> {
    const target = request.url ?? ''
    this.targets.push(target)
    const status = this.#refusal(request)
    if (status !== undefined) {
      const challenge =
        status === 407 ? 'proxy-authenticate: Basic realm="proxy"\r\n' : ''
      socket.end(`HTTP/1.1 ${status} Refused\r\n${challenge}\r\n`)
      return
    }
    const { hostname } = new URL(`http://${target}`)
    const mapped = this.hosts.get(hostname) ?? target
    const { hostname: host, port } = new URL(`http://${mapped}`)
    const upstream = { host, port: Number(port) || 80 }
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
    this.connections += 1
    const { inspection } = this.#options
    if (inspection === undefined || !(await startsHandshake(socket))) {
      this.#join(socket, connect(upstream))
      return
    }
    const { certificate, privateKey } = inspection.authority.issueForServer([
      hostname,
    ])
    const opened = new TLSSocket(socket, {
      isServer: true,
      secureContext: createSecureContext({
        cert: certificate,
        key: privateKey,
      }),
    })
    opened.on('data', (chunk: Buffer) => {
      this.inspected += chunk.toString('latin1')
    })
    this.#join(
      opened,
      connectTls({
        ...upstream,
        ca: inspection.serverCa,
        ...(isIP(host) === 0 && { servername: host }),
      }),
    )
  }

  #refusal(request: IncomingMessage): number | undefined {
    const { refusal, credentials } = this.#options
    if (refusal !== undefined) return refusal
    if (credentials === undefined) return undefined
    const expected = `Basic ${Buffer.from(credentials).toString('base64')}`
    return request.headers['proxy-authorization'] === expected ? undefined : 407
  }

  #join(one: Duplex, other: Duplex): void {
    this.#keep(one)
    this.#keep(other)
    one.pipe(other).pipe(one)
    one.on('close', () => other.destroy())
    other.on('close', () => one.destroy())
  }

  #keep(socket: Duplex): void {
    this.#sockets.add(socket)
    // A connection that breaks is no news: its other end closes too.
    socket.on('error', () => undefined)
    socket.on('close', () => this.#sockets.delete(socket))
  }
}

/** Looks at the first byte and puts it back. */
async function startsHandshake(socket: Socket): Promise<boolean> {
  const [chunk] = (await once(socket, 'data')) as [Buffer]
  socket.pause()
  socket.unshift(chunk)
  return chunk[0] === HANDSHAKE
}
