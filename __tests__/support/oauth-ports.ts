import type { Dispatcher } from 'undici'

import type { AuthorizationServerPorts } from '../../src/oauth/authorization-server.ts'

/** What an authorization server needs besides its connections: nothing. */
export function portsOn(dispatcher: Dispatcher): AuthorizationServerPorts {
  return {
    dispatcher,
    requestIdToken: () => Promise.reject(new Error('no job')),
    quote: (text) => text,
    quoteOwn: (text) => text,
    clockSkewSeconds: () => 0,
    now: () => new Date(),
    info: () => undefined,
    warning: () => undefined,
  }
}
