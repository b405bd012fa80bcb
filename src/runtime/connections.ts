import { getCACertificates } from 'node:tls'

import {
  Agent,
  EnvHttpProxyAgent,
  Headers,
  Response,
  type Dispatcher,
} from 'undici'

import { RotationError } from '../rotation/outcome/errors.ts'
import { isLoopback } from './address.ts'

export interface TlsOptions {
  readonly minimumTlsVersion: '1.2' | '1.3'
  /** Not for GitHub: a CA added there could steal the token that writes the secrets. */
  readonly authorizationServer?: {
    /** PEM; trusted in addition to those that node trusts. */
    readonly caCertificates?: string
    /** Mutual TLS. PEM. */
    readonly client?: {
      readonly certificate: string
      readonly privateKey: string
    }
  }
}

// oauth4webapi uses these globals. Node's own ones would load its built-in copy of
// undici on first use.
Object.assign(globalThis, { Headers, Response })

export interface Connections {
  /** To everything but the authorization server. */
  readonly github: Dispatcher
  readonly authorizationServer: Dispatcher
  destroy(): Promise<void>
}

/**
 * Opens the connections of a run. Proxies come from the environment (HTTPS_PROXY,
 * HTTP_PROXY, NO_PROXY). HTTP/1.1 only: with HTTP/2 a client may resend a request by
 * itself when the server says that it has not processed it.
 *
 * @throws RotationError when the environment names something other than a proxy
 */
export function openConnections({
  minimumTlsVersion,
  authorizationServer = {},
}: TlsOptions): Connections {
  const { caCertificates, client } = authorizationServer
  const trust: Trust = {
    minVersion: `TLSv${minimumTlsVersion}`,
    // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED does not count.
    rejectUnauthorized: true,
  }
  const open = [openTo(trust, trust)]
  const [github] = open as [Opened]
  let special = github
  if (caCertificates !== undefined || client) {
    special = openTo(trust, {
      ...trust,
      // This replaces node's own list, so it includes that.
      ...(caCertificates !== undefined && {
        ca: [...getCACertificates('default'), caCertificates],
      }),
      ...(client && { cert: client.certificate, key: client.privateKey }),
    })
    open.push(special)
  }
  return {
    github: github.dispatcher,
    authorizationServer: special.dispatcher,
    async destroy() {
      await Promise.all(open.map((each) => each.destroy()))
    },
  }
}

interface Trust {
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3'
  readonly rejectUnauthorized: true
}

interface Opened {
  readonly dispatcher: Dispatcher
  destroy(): Promise<void>
}

function openTo(
  proxyTls: Trust,
  connect: Trust & { ca?: string[]; cert?: string; key?: string },
): Opened {
  const common = { allowH2: false, connect }
  const direct = new Agent(common)
  const remote = openProxied({ ...common, requestTls: connect, proxyTls })
  return {
    // Requests to this machine do not go through a proxy.
    dispatcher: direct.compose((dispatch) => (options, handler) => {
      const isLocal = isLoopback(new URL(String(options.origin)))
      return isLocal
        ? dispatch(options, handler)
        : remote.dispatch(options, handler)
    }),
    async destroy() {
      await Promise.all([direct.destroy(), remote.destroy()])
    },
  }
}

function openProxied(options: EnvHttpProxyAgent.Options): EnvHttpProxyAgent {
  try {
    return new EnvHttpProxyAgent(options)
  } catch {
    throw new RotationError(
      {
        code: 'CONFIGURATION_INVALID',
        what: 'HTTPS_PROXY or HTTP_PROXY in the environment of the job is not the URL of a proxy, such as http://proxy.example:8080.',
        remedy:
          'Nothing was sent. Correct the variable and run the workflow again.',
      },
      'unchanged',
    )
  }
}
