import { EnvHttpProxyAgent, type Dispatcher } from 'undici'

/**
 * The connections of a run, to GitHub and to the authorization server alike.
 * Proxies come from the environment (HTTPS_PROXY, HTTP_PROXY, NO_PROXY). HTTP/1.1
 * only: with HTTP/2 a client may send a request again by itself when the server
 * says that it has not processed it.
 */
export function createDispatcher(): Dispatcher {
  return new EnvHttpProxyAgent({ allowH2: false })
}
