import type * as oauth from 'oauth4webapi'

import { RotationError, type Failure } from '../rotation/outcome/errors.ts'
import type { Quote } from '../rotation/outcome/foreign-text.ts'
import type {
  AuthorizationServer,
  IssuedTokens,
  RefreshResult,
} from '../rotation/ports.ts'
import { readClaims } from '../rotation/tokens/jwt.ts'
import type { SecretValue } from '../rotation/tokens/secret-value.ts'
import {
  assertionAudience,
  createDpop,
  isMutualTls,
  type Client,
} from './client-authentication.ts'
import { discover } from './discovery.ts'
import { introspect } from './introspection.ts'
import { problemOfCertificate } from './private-key.ts'
import {
  requestClientCredentials,
  requestRefresh,
  warmUp,
  type TokenRequestOptions,
  type TokenRequestPorts,
} from './token-endpoint.ts'

export interface AuthorizationServerOptions extends TokenRequestOptions {
  /** At least one of the two. An explicit endpoint makes discovery unnecessary. */
  readonly issuer?: URL
  readonly tokenEndpoint?: URL
  /** These take precedence over discovered ones. */
  readonly introspectionEndpoint?: URL
  readonly userinfoEndpoint?: URL
  /** The run requires this endpoint. */
  readonly needs?: 'introspection' | 'userinfo'
}

export interface AuthorizationServerPorts extends Omit<
  TokenRequestPorts,
  'dpop'
> {
  readonly now: () => Date
  /** For what GitHub says about this very workflow. */
  readonly quoteOwn: Quote
  readonly info: (line: string) => void
  readonly warning: (line: string) => void
}

/** An authorization server with more than its token endpoint. */
export interface RunningAuthorizationServer extends AuthorizationServer {
  /** Never throws. */
  introspectAccessToken(accessToken: SecretValue): ReturnType<typeof introspect>
  /** Known after `prepare`. */
  userinfoEndpoint(): Promise<URL | undefined>
  requestClientCredentials(): Promise<IssuedTokens | undefined>
  /** One for all requests of a run: it remembers the servers' nonces. */
  dpop(): oauth.DPoPHandle | undefined
}

export function createAuthorizationServer(
  options: AuthorizationServerOptions,
  ports: AuthorizationServerPorts,
): RunningAuthorizationServer {
  const { client } = options
  let handle: oauth.DPoPHandle | undefined
  let ready: Promise<oauth.AuthorizationServer> | undefined
  let subject: string | undefined

  function metadata(): Promise<oauth.AuthorizationServer> {
    return (ready ??= findMetadata(options, ports))
  }

  /** Created late, when the servers' time is known. */
  function dpop(): oauth.DPoPHandle | undefined {
    return (handle ??= createDpop(client, ports))
  }

  function requestPorts(): TokenRequestPorts {
    const proofs = dpop()
    return { ...ports, ...(proofs && { dpop: proofs }) }
  }

  async function ask(
    token: SecretValue,
    hint: 'access_token' | 'refresh_token',
  ): ReturnType<typeof introspect> {
    return introspect(client, await metadata(), token, hint, requestPorts())
  }

  return {
    dpop,
    async prepare() {
      checkCertificate(client, ports.now())
      warmUp(options)
      const found = await metadata()
      if (client.authMethod === 'github_oidc') {
        const audience = assertionAudience(client, found)
        const idToken = await ports.requestIdToken(audience)
        subject = readSubject(idToken, ports.quoteOwn)
      }
      const thumbprint = await createDpop(client, ports)?.calculateThumbprint()
      if (thumbprint !== undefined) {
        ports.info(
          `The tokens are bound to the DPoP key with the thumbprint ${thumbprint} (RFC 7638).`,
        )
      }
    },
    async refresh(refreshToken) {
      const found = await metadata()
      const result = await requestRefresh(
        options,
        found,
        refreshToken,
        requestPorts(),
      )
      return withSubject(result, subject)
    },
    introspect: (refreshToken) => ask(refreshToken, 'refresh_token'),
    introspectAccessToken: (accessToken) => ask(accessToken, 'access_token'),
    async userinfoEndpoint() {
      const { userinfo_endpoint: endpoint } = await metadata()
      return endpoint === undefined ? undefined : new URL(endpoint)
    },
    async requestClientCredentials() {
      try {
        const found = await metadata()
        const result = await requestClientCredentials(
          options,
          found,
          requestPorts(),
        )
        return result.kind === 'issued' ? result.tokens : undefined
      } catch {
        return undefined
      }
    },
  }
}

/** To be compared with the trust that was set up for it. */
function withSubject(
  result: RefreshResult,
  subject: string | undefined,
): RefreshResult {
  return result.kind === 'refused' &&
    result.reason === 'client' &&
    subject !== undefined
    ? {
        ...result,
        answer: `${result.answer}; the assertion's sub was '${subject}'`,
      }
    : result
}

/** The `sub` of an unverified ID token; for display only. */
function readSubject(idToken: SecretValue, quote: Quote): string | undefined {
  const sub: unknown = readClaims(idToken).sub
  return typeof sub === 'string' ? quote(sub) : undefined
}

/** @throws RotationError `CLIENT_AUTHENTICATION_FAILED`, `unchanged` */
function checkCertificate(
  { authMethod, certificate, privateKey }: Client,
  now: Date,
): void {
  if (!isMutualTls(authMethod)) return
  if (certificate === undefined || privateKey === undefined) return
  const problem = problemOfCertificate(certificate, privateKey, now)
  if (problem === undefined) return
  throw new RotationError(
    {
      code: 'CLIENT_AUTHENTICATION_FAILED',
      what: `The certificate in 'client-certificate' ${problem}.`,
      remedy:
        "Put the right certificate into 'client-certificate'. Nothing was sent to the authorization server.",
    },
    'unchanged',
  )
}

async function findMetadata(
  options: AuthorizationServerOptions,
  ports: AuthorizationServerPorts,
): Promise<oauth.AuthorizationServer> {
  const found = await findTokenEndpoint(options, ports)
  const metadata: oauth.AuthorizationServer = {
    ...found,
    ...(options.introspectionEndpoint && {
      introspection_endpoint: options.introspectionEndpoint.href,
    }),
    ...(options.userinfoEndpoint && {
      userinfo_endpoint: options.userinfoEndpoint.href,
    }),
  }
  const { needs } = options
  if (needs && metadata[`${needs}_endpoint`] === undefined) {
    throw new RotationError(missingEndpoint(needs), 'unchanged')
  }
  return metadata
}

function missingEndpoint(needs: 'introspection' | 'userinfo'): Failure {
  return {
    code: 'CONFIGURATION_INVALID',
    what: `'verify' is ${needs}, but no ${needs} endpoint is known.`,
    remedy: `Set '${needs}-endpoint', or verify with a URL. Nothing was sent to the token endpoint.`,
  }
}

async function findTokenEndpoint(
  { issuer, tokenEndpoint, client }: AuthorizationServerOptions,
  { dispatcher, warning }: AuthorizationServerPorts,
): Promise<oauth.AuthorizationServer> {
  if (tokenEndpoint !== undefined) {
    return {
      // URLs have a slash after the host that issuers are written without.
      issuer: issuer?.href.replace(/\/$/, '') ?? tokenEndpoint.href,
      token_endpoint: tokenEndpoint.href,
    }
  }
  if (issuer === undefined) throw new TypeError('no issuer, no token endpoint')
  const usesMtlsAliases = isMutualTls(client.authMethod)
  const { metadata, refused } = await discover(
    issuer,
    usesMtlsAliases,
    dispatcher,
  )
  for (const sentence of refused) warning(sentence)
  return metadata
}
