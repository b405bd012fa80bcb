import * as oauth from 'oauth4webapi'
import { fetch, interceptors, type Dispatcher } from 'undici'

import { RotationError } from '../rotation/errors.ts'
import { explainConnection, nameError } from '../rotation/foreign-text.ts'
import { parseEndpointUrl } from './endpoint-url.ts'

const DEADLINE_SECONDS = 20

/**
 * Asks an authorization server for its metadata, at the place of OpenID Connect
 * Discovery first and, if there is none, at that of RFC 8414. The issuer in the
 * document must be the one that was asked for.
 *
 * @throws RotationError `DISCOVERY_FAILED`, `unchanged`
 * @see https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig
 * @see https://www.rfc-editor.org/rfc/rfc8414.html#section-3
 */
export async function discover(
  issuer: URL,
  dispatcher: Dispatcher,
): Promise<oauth.AuthorizationServer> {
  const signal = AbortSignal.timeout(DEADLINE_SECONDS * 1000)
  try {
    let response = await request('oidc')
    if (response.status === 404) response = await request('oauth2')
    if (response.status !== 200) throw failure(`HTTP ${response.status}`)
    const metadata = await oauth.processDiscoveryResponse(issuer, response)
    const problem = parseEndpointUrl(metadata.token_endpoint ?? '')
    if (typeof problem === 'string') {
      throw failure(`its token_endpoint ${problem}`)
    }
    return metadata
  } catch (thrown) {
    throw thrown instanceof RotationError ? thrown : failure(explain(thrown))
  }

  async function request(algorithm: 'oidc' | 'oauth2'): Promise<Response> {
    const retrying = dispatcher.compose(
      interceptors.retry({ maxRetries: 2, methods: ['GET'] }),
    )
    return oauth.discoveryRequest(issuer, {
      algorithm,
      signal,
      [oauth.allowInsecureRequests]: issuer.protocol === 'http:',
      [oauth.customFetch]: async (url, init) => {
        const { method, headers, redirect, signal } = init
        const response: unknown = await fetch(url, {
          method,
          headers,
          redirect,
          ...(signal && { signal }),
          dispatcher: retrying,
        })
        return response as Response
      },
    })
  }

  function explain(thrown: unknown): string {
    const name = nameError(thrown)
    if (name === 'TimeoutError') return `no answer in ${DEADLINE_SECONDS} s`
    if (name === oauth.JSON_ATTRIBUTE_COMPARISON) {
      return 'it names another issuer'
    }
    return explainConnection(thrown, issuer.host)
  }

  function failure(reason: string): RotationError {
    return new RotationError(
      {
        code: 'DISCOVERY_FAILED',
        what: `The metadata of the authorization server ${issuer.href} could not be read: ${reason}.`,
        remedy:
          "Check 'issuer', or set 'token-endpoint', which makes discovery unnecessary; then run the workflow again.",
      },
      'unchanged',
    )
  }
}
