import * as oauth from 'oauth4webapi'
import { interceptors, type Dispatcher } from 'undici'

import { RotationError } from '../rotation/outcome/errors.ts'
import {
  explainConnection,
  nameError,
} from '../rotation/outcome/foreign-text.ts'
import { parseEndpointUrl } from '../runtime/address.ts'
import { TRUST_REMEDY, createFetch } from './fetch.ts'

const DEADLINE_SECONDS = 20

/** Endpoints that a run may use besides the token endpoint. */
const optionalEndpoints = [
  'introspection_endpoint',
  'userinfo_endpoint',
] as const

/** A server's metadata, and what had to be left out. */
export interface Discovered {
  readonly metadata: oauth.AuthorizationServer
  /** Whole sentences: endpoints that must not receive a secret. */
  readonly refused: readonly string[]
}

/**
 * Fetches the metadata of an authorization server from the location of OpenID Connect
 * Discovery or, if there is none, of RFC 8414. The document must name the issuer that
 * was asked for. Only what is needed is used, and no address that must not receive
 * secrets.
 *
 * @param usesMtlsAliases the client presents a certificate (RFC 8705 section 5)
 * @throws RotationError `DISCOVERY_FAILED`, `unchanged`
 * @see https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig
 * @see https://www.rfc-editor.org/rfc/rfc8414.html#section-3
 */
export async function discover(
  issuer: URL,
  usesMtlsAliases: boolean,
  dispatcher: Dispatcher,
): Promise<Discovered> {
  const signal = AbortSignal.timeout(DEADLINE_SECONDS * 1000)
  try {
    let response = await request('oidc')
    if (response.status === 404) response = await request('oauth2')
    if (response.status !== 200) throw failure(`HTTP ${response.status}`)
    return readMetadata(await oauth.processDiscoveryResponse(issuer, response))
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
      // `exchange` checks the address.
      [oauth.allowInsecureRequests]: true,
      [oauth.customFetch]: createFetch(retrying),
    })
  }

  function readMetadata(found: oauth.AuthorizationServer): Discovered {
    const refused: string[] = []
    const methods = readTexts(found.token_endpoint_auth_methods_supported)
    const algorithms = readTexts(
      found.token_endpoint_auth_signing_alg_values_supported,
    )
    const aliases = usesMtlsAliases ? found.mtls_endpoint_aliases : undefined
    return {
      metadata: {
        issuer: found.issuer,
        ...readEndpoints(found, ''),
        ...(aliases && {
          mtls_endpoint_aliases: readEndpoints(
            // Without an alias, the endpoint is the same for every client.
            { token_endpoint: found.token_endpoint, ...aliases },
            'mtls_endpoint_aliases.',
          ),
        }),
        ...(methods && { token_endpoint_auth_methods_supported: methods }),
        ...(algorithms && {
          token_endpoint_auth_signing_alg_values_supported: algorithms,
        }),
      },
      refused,
    }

    function readEndpoints(
      given: Readonly<Record<string, unknown>>,
      prefix: string,
    ): Record<string, string> {
      const tokenEndpoint = readEndpoint(given['token_endpoint'])
      if (typeof tokenEndpoint === 'string') {
        throw failure(`its ${prefix}token_endpoint ${tokenEndpoint}`)
      }
      const endpoints = { token_endpoint: tokenEndpoint.href }
      for (const name of optionalEndpoints) {
        const endpoint = readOptional(prefix + name, given[name])
        if (endpoint) Object.assign(endpoints, { [name]: endpoint.href })
      }
      return endpoints
    }

    function readOptional(name: string, value: unknown): URL | undefined {
      if (value === undefined) return undefined
      const endpoint = readEndpoint(value)
      if (typeof endpoint !== 'string') return endpoint
      refused.push(
        `The ${name} in the metadata of ${issuer.href} ${endpoint}: it is not used.`,
      )
      return undefined
    }
  }

  function explain(thrown: unknown): string {
    const name = nameError(thrown)
    if (name === 'TimeoutError') return `no answer in ${DEADLINE_SECONDS} s`
    if (name === 'ANSWER_TOO_LONG') return 'it is longer than 1 MiB'
    if (name === oauth.JSON_ATTRIBUTE_COMPARISON) {
      return 'it names another issuer'
    }
    return explainConnection(thrown, issuer.host, TRUST_REMEDY)
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

function readEndpoint(value: unknown): URL | string {
  return parseEndpointUrl(typeof value === 'string' ? value : '')
}

function readTexts(value: unknown): string[] | undefined {
  return Array.isArray(value)
    ? value.filter((each): each is string => typeof each === 'string')
    : undefined
}
