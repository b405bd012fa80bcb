import type * as oauth from 'oauth4webapi'
import type { Dispatcher } from 'undici'

import { RotationError } from '../rotation/errors.ts'
import type { AuthorizationServer } from '../rotation/ports.ts'
import type { SecretValue } from '../rotation/secret-value.ts'
import { discover } from './discovery.ts'
import type { AccessTokenIntrospection } from './health-check.ts'
import { introspect } from './introspection.ts'
import { requestTokens, type TokenRequestOptions } from './token-endpoint.ts'

export interface AuthorizationServerOptions extends TokenRequestOptions {
  /** At least one of the two. An explicit endpoint makes discovery unnecessary. */
  readonly issuer?: URL
  readonly tokenEndpoint?: URL
  readonly introspectionEndpoint?: URL
  /** The run cannot do without introspection. */
  readonly needsIntrospection: boolean
}

/** An authorization server, for one client. */
export function createAuthorizationServer(
  options: AuthorizationServerOptions,
  dispatcher: Dispatcher,
): AuthorizationServer & AccessTokenIntrospection {
  const { client } = options
  let ready: Promise<oauth.AuthorizationServer> | undefined

  function prepare(): Promise<oauth.AuthorizationServer> {
    return (ready ??= findMetadata(options, dispatcher))
  }

  async function ask(
    token: SecretValue,
    hint: 'access_token' | 'refresh_token',
  ): ReturnType<typeof introspect> {
    return introspect(client, await prepare(), token, hint, dispatcher)
  }

  return {
    async prepare() {
      await prepare()
    },
    async refresh(refreshToken) {
      return requestTokens(options, await prepare(), refreshToken, dispatcher)
    },
    introspect: (refreshToken) => ask(refreshToken, 'refresh_token'),
    introspectAccessToken: (accessToken) => ask(accessToken, 'access_token'),
  }
}

async function findMetadata(
  options: AuthorizationServerOptions,
  dispatcher: Dispatcher,
): Promise<oauth.AuthorizationServer> {
  const { issuer, tokenEndpoint, introspectionEndpoint } = options
  const metadata = await findTokenEndpoint(issuer, tokenEndpoint, dispatcher)
  const endpoint =
    introspectionEndpoint?.href ?? metadata.introspection_endpoint
  if (options.needsIntrospection && endpoint === undefined) {
    throw new RotationError(
      {
        code: 'CONFIGURATION_INVALID',
        what: "'verify' is introspection, but the metadata of the authorization server names no introspection endpoint.",
        remedy:
          "Set 'introspection-endpoint', or verify with a URL. Nothing was sent to the token endpoint.",
      },
      'unchanged',
    )
  }
  return {
    ...metadata,
    ...(endpoint !== undefined && { introspection_endpoint: endpoint }),
  }
}

async function findTokenEndpoint(
  issuer: URL | undefined,
  tokenEndpoint: URL | undefined,
  dispatcher: Dispatcher,
): Promise<oauth.AuthorizationServer> {
  if (tokenEndpoint !== undefined) {
    return {
      issuer: (issuer ?? tokenEndpoint).href,
      token_endpoint: tokenEndpoint.href,
    }
  }
  if (issuer === undefined) throw new TypeError('no issuer, no token endpoint')
  return discover(issuer, dispatcher)
}
