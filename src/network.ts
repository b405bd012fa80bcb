import { EnvHttpProxyAgent, type Dispatcher } from 'undici'

import { RotationError } from './rotation/errors.ts'

/**
 * The connections of a run, to GitHub and to the authorization server alike.
 * Proxies come from the environment (HTTPS_PROXY, HTTP_PROXY, NO_PROXY). HTTP/1.1
 * only: with HTTP/2 a client may send a request again by itself when the server
 * says that it has not processed it.
 *
 * @throws RotationError when the environment names something else than a proxy
 */
export function createDispatcher(): Dispatcher {
  try {
    return new EnvHttpProxyAgent({ allowH2: false })
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
