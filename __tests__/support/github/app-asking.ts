import { sign, type KeyObject } from 'node:crypto'

import type { KeyPair } from '../key-pairs.ts'
import type { App, Installation, NewInstallation } from './apps.ts'
import { askerOf, type Ask, type Seen } from './asking.ts'
import type { GitHubStandIn } from './stand-in.ts'

/** A JWT as an App signs it. */
export function signJwt(
  claims: object,
  privateKey: KeyObject,
  header: object = { alg: 'RS256', typ: 'JWT' },
): string {
  const text = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  const signature = sign('sha256', Buffer.from(text), privateKey)
  return `${text}.${signature.toString('base64url')}`
}

/** Asks with another token than the usual one. */
export function askWith(
  ask: Ask,
  token: string,
): (method: string, path: string, body?: object) => Promise<Seen> {
  return (method, path, body) =>
    ask(method, path, body, { authorization: `Bearer ${token}` })
}

/** An App with installations at a stand-in, and what it asks. */
export class AppAsker {
  readonly #github: GitHubStandIn
  readonly #key: KeyPair
  readonly #ask: Ask

  constructor(github: GitHubStandIn, key: KeyPair) {
    this.#github = github
    this.#key = key
    this.#ask = askerOf(github)
  }

  install(...installations: readonly NewInstallation[]): App {
    const { publicKey } = this.#key
    const pem = publicKey.export({ format: 'pem', type: 'spki' }).toString()
    return this.#github.addApp({
      clientId: 'Iv23app',
      publicKey: pem,
      installations,
    })
  }

  installOne(installation: NewInstallation): Installation {
    const [one] = this.install(installation).installations
    if (one === undefined) throw new Error('not installed')
    return one
  }

  ask(method: string, path: string, body?: object): Promise<Seen> {
    const now = Math.floor(this.#github.clock.now().getTime() / 1000)
    const claims = { iss: 'Iv23app', iat: now, exp: now + 600 }
    const jwt = signJwt(claims, this.#key.privateKey)
    return askWith(this.#ask, jwt)(method, path, body)
  }

  mint({ id }: Installation, body?: object): Promise<Seen> {
    return this.ask('POST', `/app/installations/${id}/access_tokens`, body)
  }

  async mintToken(installation: Installation, body?: object): Promise<string> {
    const answer = await this.mint(installation, body)
    return (answer.body as { token: string }).token
  }
}
