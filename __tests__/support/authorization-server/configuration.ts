import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { TLSSocket } from 'node:tls'

import Provider, {
  errors,
  type AdapterPayload,
  type Configuration,
  type KoaContextWithOIDC,
  type SigningAlgorithm,
} from 'oidc-provider'

import { toDistinguishedName } from '../certificates.ts'
import type { Clock } from '../clock.ts'
import { clients, toMetadata } from './clients.ts'
import { MemoryAdapter } from './memory-adapter.ts'
import type { AuthorizationServerOptions } from './options.ts'

const ACCESS_TOKEN_SECONDS = 3600
const CLOCK_TOLERANCE_SECONDS = 30

export interface ConfigurationOptions {
  readonly clock: Clock
  readonly isRotating: boolean
  /** Whether people can log in, with a browser or a device. */
  readonly hasInteractions: boolean
  /** Whether clients may authenticate with certificates. */
  readonly hasMutualTls: boolean
  /** The algorithms of client assertions; left out: oidc-provider's own choice. */
  readonly assertionAlgorithms?: readonly SigningAlgorithm[]
  readonly dpop?: { readonly requiresNonce: boolean }
  readonly entries: Map<string, AdapterPayload>
  readonly assertionAudiences?: AuthorizationServerOptions['assertionAudiences']
  readonly tokenEndpoint: string
  readonly mtlsTokenEndpoint?: string
  readonly onRefusal: (reason: string) => void
}

/** An oidc-provider that does what a test wants. */
export function createProvider(
  issuer: string,
  options: ConfigurationOptions,
): Provider {
  const { tokenEndpoint, assertionAudiences, onRefusal } = options
  const provider = silently(() => new Provider(issuer, configure(options)))
  if (assertionAudiences) {
    const audiences = assertionAudiences({ issuer, tokenEndpoint })
    provider.OIDCContext.prototype.clientJwtAuthExpectedAudience = () =>
      new Set(audiences)
  }
  const onError = (_context: unknown, error: Error): void => {
    const { error_detail } = error as Partial<errors.OIDCProviderError>
    onRefusal(error_detail ?? error.message)
  }
  provider.on('grant.error', onError)
  provider.on('server_error', onError)
  return provider
}

function configure(options: ConfigurationOptions): Configuration {
  const { clock, isRotating, entries, mtlsTokenEndpoint, dpop } = options
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return {
    adapter: (model: string) => new MemoryAdapter(model, entries),
    jwks: {
      keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig' }],
    },
    clients: Object.values(clients).map((client) =>
      toMetadata(client, options),
    ),
    clientAuthMethods: [
      'client_secret_basic',
      'client_secret_jwt',
      'client_secret_post',
      'private_key_jwt',
      ...(options.hasMutualTls
        ? (['tls_client_auth', 'self_signed_tls_client_auth'] as const)
        : []),
      'none',
    ],
    // For always: by default a confidential client's token is rotated late.
    rotateRefreshToken: isRotating,
    ttl: {
      AccessToken: ACCESS_TOKEN_SECONDS,
      RefreshToken: 14 * 24 * 3600,
      Grant: 14 * 24 * 3600,
      IdToken: 3600,
      ...(options.hasInteractions && {
        DeviceCode: 600,
        Interaction: 600,
        Session: 600,
      }),
    },
    findAccount: (_context, accountId) => ({
      accountId,
      claims: () => ({ sub: accountId }),
    }),
    features: {
      devInteractions: { enabled: options.hasInteractions },
      introspection: { enabled: true, allowedPolicy: () => true },
      ...(options.hasInteractions && { deviceFlow }),
      ...(options.hasMutualTls && { mTLS: mutualTls }),
      ...(dpop && {
        dPoP: {
          enabled: true,
          nonceSecret: randomBytes(32),
          requireNonce: () => dpop.requiresNonce,
        },
      }),
    },
    enabledJWA: {
      dPoPSigningAlgValues: [
        'RS256',
        'PS256',
        'ES256',
        'ES384',
        'Ed25519',
        'EdDSA',
      ],
      ...(options.assertionAlgorithms && {
        clientAuthSigningAlgValues: options.assertionAlgorithms,
      }),
    },
    // By the server's own clock, which is not the one of the machine.
    clockTolerance: 10 * 365 * 86_400,
    assertJwtClientAuthClaimsAndHeader(_context, claims) {
      refuseUntimely(claims, clock.now().getTime() / 1000)
    },
    ...(mtlsTokenEndpoint !== undefined && {
      discovery: {
        mtls_endpoint_aliases: { token_endpoint: mtlsTokenEndpoint },
      },
    }),
  }
}

function refuseUntimely(
  claims: Readonly<Record<string, unknown>>,
  now: number,
): void {
  const { exp, nbf, iat } = claims as Partial<Record<string, number>>
  const soon = now + CLOCK_TOLERANCE_SECONDS
  if (exp === undefined || exp <= now - CLOCK_TOLERANCE_SECONDS) {
    throw new errors.InvalidClientAuth('client_assertion has expired')
  }
  if ((nbf ?? 0) > soon || (iat ?? 0) > soon) {
    throw new errors.InvalidClientAuth('client_assertion is of the future')
  }
}

/** The pages, without the remark of oidc-provider that they are its own. */
const deviceFlow: NonNullable<Configuration['features']>['deviceFlow'] = {
  enabled: true,
  userCodeInputSource(context, form) {
    context.type = 'html'
    context.body = form
  },
  userCodeConfirmSource(context, form) {
    context.type = 'html'
    context.body = form
  },
  successSource(context) {
    context.type = 'html'
    context.body = 'The device is connected.'
  },
}

/** What the handshake has shown, as RFC 8705 wants it judged. */
const mutualTls: NonNullable<Configuration['features']>['mTLS'] = {
  enabled: true,
  tlsClientAuth: true,
  selfSignedTlsClientAuth: true,
  certificateBoundAccessTokens: true,
  getCertificate: (context) => socketOf(context).getPeerX509Certificate(),
  certificateAuthorized: (context) => socketOf(context).authorized,
  certificateSubjectMatches(context, property, expected) {
    const certificate = socketOf(context).getPeerX509Certificate()
    if (certificate === undefined) return false
    const names = certificate.subjectAltName?.split(', ') ?? []
    switch (property) {
      case 'tls_client_auth_subject_dn':
        return toDistinguishedName(certificate) === expected
      case 'tls_client_auth_san_dns':
        return names.includes(`DNS:${expected}`)
      case 'tls_client_auth_san_ip':
        return names.includes(`IP Address:${expected}`)
      case 'tls_client_auth_san_email':
        return names.includes(`email:${expected}`)
      case 'tls_client_auth_san_uri':
        return names.includes(`URI:${expected}`)
    }
  },
}

function socketOf(context: KoaContextWithOIDC): TLSSocket {
  const { socket } = context
  if (!(socket instanceof TLSSocket)) throw new Error('without TLS')
  return socket
}

/** oidc-provider remarks on the console that its pages are for tests only. */
function silently<T>(run: () => T): T {
  const { warn } = console
  console.warn = () => undefined
  try {
    return run()
  } finally {
    console.warn = warn
  }
}
