import { randomUUID } from 'node:crypto'

import { SignJWT, type JWK } from 'jose'
import { Agent, request, type Dispatcher } from 'undici'

import type { Clock } from '../clock.ts'
import type { KeyPair } from '../key-pairs.ts'
import type { Client } from './clients.ts'

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
  readonly json: Readonly<Record<string, unknown>>
}

export interface RequestOptions {
  readonly clock: Clock
  /** For whom assertions are. */
  readonly audience: string
  /** PEM; left out: what node trusts. */
  readonly ca?: string
  /** Binds the tokens. */
  readonly dpopKeyPair?: KeyPair
  /** For `github_oidc`. */
  readonly requestIdToken?: (audience: string) => Promise<string>
}

/**
 * A client that is written by hand, so that it cannot share a mistake with the
 * action: it authenticates in every way that the server knows.
 */
export class TokenRequester {
  readonly dispatcher: Dispatcher
  readonly #client: Client
  readonly #options: RequestOptions
  #nonce: string | undefined

  constructor(client: Client, options: RequestOptions) {
    this.#client = client
    this.#options = options
    const { certificate } = client
    this.dispatcher = new Agent({
      connect: {
        ...(options.ca !== undefined && { ca: options.ca }),
        ...(certificate && {
          cert: certificate.certificate,
          key: certificate.privateKey,
        }),
      },
    })
  }

  close(): Promise<void> {
    return this.dispatcher.destroy()
  }

  refresh(url: string, refreshToken: string): Promise<Reply> {
    return this.post(url, {
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
    })
  }

  /** Asks a second time when the server wants its nonce in the proof. */
  async post(
    url: string,
    parameters: Readonly<Record<string, string>>,
  ): Promise<Reply> {
    const reply = await this.postOnce(url, parameters)
    return reply.json['error'] === 'use_dpop_nonce'
      ? this.postOnce(url, parameters)
      : reply
  }

  async postOnce(
    url: string,
    parameters: Readonly<Record<string, string>>,
  ): Promise<Reply> {
    const form = new URLSearchParams(parameters)
    const headers = await this.#authenticate(form)
    const proof = await this.#prove('POST', url)
    const reply = await request(url, {
      dispatcher: this.dispatcher,
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...headers,
        ...(proof !== undefined && { dpop: proof }),
      },
      body: form.toString(),
    })
    const nonce = reply.headers['dpop-nonce']
    if (typeof nonce === 'string') this.#nonce = nonce
    const body = await reply.body.text()
    return {
      status: reply.statusCode,
      headers: reply.headers,
      body,
      json: JSON.parse(body) as Record<string, unknown>,
    }
  }

  async #authenticate(form: URLSearchParams): Promise<Record<string, string>> {
    const { id, secret, authMethod } = this.#client
    if (authMethod === 'client_secret_basic') {
      // RFC 6749 section 2.3.1: each part form-encoded.
      const [user, password] = [id, secret].map((part) =>
        new URLSearchParams([['', part]]).toString().slice(1),
      )
      const credentials = Buffer.from(`${user}:${password}`).toString('base64')
      return { authorization: `Basic ${credentials}` }
    }
    form.set('client_id', id)
    if (authMethod === 'client_secret_post') form.set('client_secret', secret)
    const assertion = await this.makeAssertion()
    if (assertion !== undefined) {
      form.set(
        'client_assertion_type',
        'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      )
      form.set('client_assertion', assertion)
    }
    return {}
  }

  /** @returns undefined when the client does not authenticate with one */
  async makeAssertion(): Promise<string | undefined> {
    const { secret, authMethod, keyPair, federation } = this.#client
    switch (authMethod) {
      case 'client_secret_jwt':
        return this.#sign({ alg: 'HS256' }, Buffer.from(secret))
      case 'private_key_jwt': {
        if (keyPair === undefined) throw new Error('no key pair')
        const { algorithm, keyId, privateKey } = keyPair
        return this.#sign({ alg: algorithm, kid: keyId }, privateKey)
      }
      case 'github_oidc':
        return this.#options.requestIdToken?.(federation?.audience ?? '')
      default:
        return undefined
    }
  }

  #sign(
    header: { alg: string; kid?: string },
    key: Parameters<SignJWT['sign']>[0],
  ): Promise<string> {
    const now = Math.floor(this.#options.clock.now().getTime() / 1000)
    return new SignJWT({ jti: randomUUID() })
      .setProtectedHeader(header)
      .setIssuer(this.#client.id)
      .setSubject(this.#client.id)
      .setAudience(this.#options.audience)
      .setIssuedAt(now)
      .setExpirationTime(now + 60)
      .sign(key)
  }

  async #prove(method: string, url: string): Promise<string | undefined> {
    const { dpopKeyPair, clock } = this.#options
    if (dpopKeyPair === undefined) return undefined
    const jwk = dpopKeyPair.publicKey.export({ format: 'jwk' }) as JWK
    return new SignJWT({
      htm: method,
      htu: url,
      ...(this.#nonce !== undefined && { nonce: this.#nonce }),
    })
      .setProtectedHeader({ typ: 'dpop+jwt', alg: dpopKeyPair.algorithm, jwk })
      .setIssuedAt(Math.floor(clock.now().getTime() / 1000))
      .setJti(randomUUID())
      .sign(dpopKeyPair.privateKey)
  }
}
