import { sign, type KeyObject } from 'node:crypto'

import type { KeyPair } from '../key-pairs.ts'
import type { App, Installation, NewInstallation } from './apps.ts'
import { askerOf, type Ask, type Seen } from './asking.ts'
import { GitHubStandIn } from './stand-in.ts'

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

export const everywhere: NewInstallation = {
  account: 'acme',
  permissions: { secrets: 'write', contents: 'read', agent_secrets: 'write' },
  repositories: 'all',
}

/** A stand-in with two organizations, for an App to be installed on. */
export async function startWithOrganizations(): Promise<GitHubStandIn> {
  const github = new GitHubStandIn()
  await github.start()
  for (const name of ['acme/web', 'acme/api', 'other/web']) {
    github.addRepository(name)
  }
  github.addOrganization('acme')
  github.addOrganization('other')
  return github
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

  /** On all that is acme's, unless something else is said. */
  installOne(changes: Partial<NewInstallation> = {}): Installation {
    const [one] = this.install({ ...everywhere, ...changes }).installations
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
