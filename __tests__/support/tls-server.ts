import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'

import type { Certificate } from './certificates.ts'
import type { RunningServer } from './http-server.ts'

export interface TlsServerOptions extends Certificate {
  /**
   * `request`: whoever shows no certificate, or a bad one, is let in, and the
   * application decides. `require`: the handshake fails.
   */
  readonly clientCertificates: 'none' | 'request' | 'require'
  /** PEM: who issues client certificates. */
  readonly clientCa?: string
}

/** Serves on loopback over TLS; port 0 takes a free one. */
export async function serveTls(
  listener: RequestListener,
  options: TlsServerOptions,
  port = 0,
): Promise<RunningServer> {
  const server = createServer(
    {
      cert: options.certificate,
      key: options.privateKey,
      requestCert: options.clientCertificates !== 'none',
      rejectUnauthorized: options.clientCertificates === 'require',
      ...(options.clientCa !== undefined && { ca: options.clientCa }),
    },
    listener,
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `https://127.0.0.1:${taken}`,
    async close() {
      await new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      })
    },
  }
}
