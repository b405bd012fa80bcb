import { IncomingMessage } from 'node:http'

import { SignJWT, createRemoteJWKSet, jwtVerify } from 'jose'

import type { Clock } from '../clock.ts'
import { readBody } from '../http-server.ts'
import { makeKeyPair } from '../key-pairs.ts'
import type { Client, Federation } from './clients.ts'

interface Member extends Federation {
  readonly client: Client
}

/**
 * Lets clients authenticate with ID tokens of another issuer, as Entra ID and
 * others do. oidc-provider wants `iss` and `sub` of an assertion to be the
 * client, so this stands before it: an assertion that holds is exchanged for one
 * by a key that nobody else has. The `jti` stays, and with it the replay check.
 */
export class FederationGate {
  readonly #clock: Clock
  readonly #members = new Map<string, Member>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @returns the client as oidc-provider is to know it */
  async admit(client: Client): Promise<Client> {
    const { federation } = client
    if (federation === undefined) return client
    const known = { ...client, keyPair: await makeKeyPair('ES256') }
    this.#members.set(client.id, { ...federation, client: known })
    return known
  }

  /**
   * @param audience of the exchanged assertion: this server
   * @returns the request for oidc-provider
   */
  async pass(
    message: IncomingMessage,
    audience: string,
  ): Promise<IncomingMessage> {
    if (this.#members.size === 0 || message.method !== 'POST') return message
    const text = await readBody(message)
    const form = new URLSearchParams(text)
    const member = this.#members.get(form.get('client_id') ?? '')
    const assertion = form.get('client_assertion')
    if (member === undefined || assertion === null) return copy(message, text)
    const exchanged = await this.#exchange(assertion, member, audience)
    form.set('client_assertion', exchanged)
    return copy(message, form.toString())
  }

  /** @throws when the assertion does not hold */
  async #exchange(
    assertion: string,
    { issuer, subject, audience, client }: Member,
    ownAudience: string,
  ): Promise<string> {
    const { payload } = await jwtVerify(assertion, await findKeys(issuer), {
      issuer,
      subject,
      audience,
      algorithms: ['RS256'],
      requiredClaims: ['exp', 'jti'],
      currentDate: this.#clock.now(),
      clockTolerance: 30,
    })
    const { keyPair } = client
    if (keyPair === undefined) throw new Error('not admitted')
    return new SignJWT({ jti: payload.jti ?? '' })
      .setProtectedHeader({ alg: keyPair.algorithm, kid: keyPair.keyId })
      .setIssuer(client.id)
      .setSubject(client.id)
      .setAudience(ownAudience)
      .setExpirationTime(payload.exp ?? 0)
      .sign(keyPair.privateKey)
  }
}

async function findKeys(
  issuer: string,
): Promise<ReturnType<typeof createRemoteJWKSet>> {
  const url = `${issuer}/.well-known/openid-configuration`
  const metadata = (await (await fetch(url)).json()) as Record<string, string>
  if (metadata['issuer'] !== issuer) throw new Error('another issuer')
  return createRemoteJWKSet(new URL(metadata['jwks_uri'] ?? ''))
}

/** The same request with another body, not yet read. */
function copy(message: IncomingMessage, body: string): IncomingMessage {
  const fresh = new IncomingMessage(message.socket)
  const { method, url, httpVersion } = message
  const headers = {
    ...message.headers,
    'content-length': String(Buffer.byteLength(body)),
  }
  // Complete, or node takes its end for a connection that broke off.
  Object.assign(fresh, { method, url, httpVersion, headers, complete: true })
  fresh.push(body)
  fresh.push(null)
  return fresh
}
