import type { SigningAlgorithm } from 'oidc-provider'

import type { Certificate } from '../certificates.ts'
import type { Client } from './clients.ts'

export interface AuthorizationServerOptions {
  readonly isRotating?: boolean
  /** Besides {@link clients}. */
  readonly clients?: readonly Client[]
  /** Left out: without TLS, and so without client certificates. */
  readonly tls?: TlsOptions
  /** Whether people can log in, with a browser or a device. */
  readonly hasInteractions?: boolean
  /** Left out: proofs are taken, and there are no nonces. */
  readonly dpop?: { readonly requiresNonce: boolean }
  /** Left out: those of oidc-provider. */
  readonly assertionAlgorithms?: readonly SigningAlgorithm[]
  /** Left out: the issuer, the token endpoint and the endpoint asked. */
  readonly assertionAudiences?: (server: {
    readonly issuer: string
    readonly tokenEndpoint: string
  }) => readonly string[]
}

export interface TlsOptions extends Certificate {
  /** PEM: who issues the certificates for `tls_client_auth`. */
  readonly clientCa?: string
  /**
   * Whether client certificates are seen on a port of its own only, which the
   * metadata says (RFC 8705 section 5).
   */
  readonly hasMtlsAlias?: boolean
}
