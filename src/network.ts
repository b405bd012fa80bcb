import { getCACertificates } from 'node:tls'

import { EnvHttpProxyAgent, Headers, Response, type Dispatcher } from 'undici'

import { RotationError } from './rotation/errors.ts'

export interface TlsOptions {
  /** PEM; trusted besides those that node trusts. */
  readonly caCertificates?: string
  readonly minimumTlsVersion: '1.2' | '1.3'
  /** For the authorization server only: mutual TLS. PEM. */
  readonly client?: {
    readonly certificate: string
    readonly privateKey: string
  }
}

// oauth4webapi uses these by their global names. Behind those node keeps a copy of
// undici of its own, which it would load at the first use.
Object.assign(globalThis, { Headers, Response })

/** The connections of a run. */
export interface Connections {
  readonly github: Dispatcher
  readonly authorizationServer: Dispatcher
  destroy(): Promise<void>
}

/**
 * Opens the connections of a run. Proxies come from the environment (HTTPS_PROXY,
 * HTTP_PROXY, NO_PROXY). HTTP/1.1 only: with HTTP/2 a client may send a request
 * again by itself when the server says that it has not processed it.
 *
 * @throws RotationError when the environment names something else than a proxy
 */
export function openConnections(options: TlsOptions): Connections {
  const { client, ...common } = options
  const github = createDispatcher(common)
  // Nobody else gets to see the client's certificate.
  const authorizationServer = client ? createDispatcher(options) : github
  return {
    github,
    authorizationServer,
    async destroy() {
      await Promise.all([github.destroy(), authorizationServer.destroy()])
    },
  }
}

function createDispatcher({
  caCertificates,
  minimumTlsVersion,
  client,
}: TlsOptions): Dispatcher {
  const trust = {
    minVersion: `TLSv${minimumTlsVersion}` as const,
    // What is given here replaces node's own list, so that is part of it.
    ...(caCertificates !== undefined && {
      ca: [...getCACertificates('default'), caCertificates],
    }),
  }
  const withClient = {
    ...trust,
    ...(client && { cert: client.certificate, key: client.privateKey }),
  }
  try {
    return new EnvHttpProxyAgent({
      allowH2: false,
      connect: withClient,
      requestTls: withClient,
      proxyTls: trust,
    })
  } catch {
    throw new RotationError(
      {
        code: 'CONFIGURATION_INVALID',
        what: 'HTTPS_PROXY or HTTP_PROXY in the environment of the job is not the URL of a proxy, such as http://proxy.example:8080.',
        remedy:
          'Nothing was sent to anybody. Correct the variable and run the workflow again.',
      },
      'unchanged',
    )
  }
}
