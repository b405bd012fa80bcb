import { sign, type KeyObject } from 'node:crypto'

import { RotationError, type Failure } from '../rotation/outcome/errors.ts'
import type { System } from '../rotation/ports.ts'
import { SecretValue } from '../rotation/tokens/secret-value.ts'
import { readTime } from '../rotation/outcome/time.ts'
import { describeAnswer, isSuccess, type Answer } from './answer.ts'
import type { Api, ApiRequest } from './api.ts'
import { pageFor, type Credential } from './credential.ts'
import { explainUnanswered } from './refusals.ts'
import { isRateLimit } from './retry.ts'
import { routes } from './routes.ts'

/** GitHub accepts at most ten minutes from `iat`. */
const JWT_SECONDS = 9 * 60
/** GitHub's advice against clock drift. */
const JWT_DRIFT_SECONDS = 60
/** An installation token lives for an hour; one this close to its end is renewed. */
const LAST_MILLISECONDS = 5 * 60_000
const BUDGET_MILLISECONDS = 2 * 60_000
const REVOCATION_BUDGET_MILLISECONDS = 20_000

export interface AppKey {
  readonly clientId: string
  readonly privateKey: KeyObject
}

/**
 * A GitHub App itself, which may only request installation tokens.
 *
 * @see https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
 */
export class AppCredential implements Credential {
  readonly kind = 'app'
  readonly label = "The GitHub App of 'app-client-id'"
  readonly page: string
  readonly expiresAt = undefined
  readonly #key: AppKey
  readonly #system: System

  constructor(key: AppKey, webUrl: URL, system: System) {
    this.#key = key
    this.#system = system
    this.page = pageFor('app', webUrl)
  }

  /** A JWT by the server's clock, as far as that is known. */
  token(): Promise<SecretValue> {
    const now = Math.floor(this.#system.serverNow().getTime() / 1000)
    const text = [
      { alg: 'RS256', typ: 'JWT' },
      {
        iat: now - JWT_DRIFT_SECONDS,
        exp: now + JWT_SECONDS - JWT_DRIFT_SECONDS,
        iss: this.#key.clientId,
      },
    ]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.')
    const signature = sign(
      'sha256',
      Buffer.from(text),
      this.#key.privateKey,
    ).toString('base64url')
    return Promise.resolve(new SecretValue(`${text}.${signature}`))
  }

  learn(): void {
    // A JWT is created for each request.
  }
}

/** What one installation token must be valid for. */
export interface Installation {
  /** The account that the App is installed on. */
  readonly account: string
  /** By the keys of GitHub's API. */
  readonly permissions: Readonly<Record<string, 'read' | 'write'>>
  /** Names without the owner; empty: not for repositories. */
  readonly repositories: readonly string[]
}

/** Told about a minted token before anything else is done. */
export type OnMinted = (token: SecretValue) => void

/**
 * The token of an App on one account: minted on first use, with only the permissions
 * needed. Nothing is assumed about its form.
 *
 * @see https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app
 */
export class InstallationCredential implements Credential {
  readonly kind = 'app'
  readonly label: string
  readonly page: string
  readonly expiresAt = undefined
  readonly #app: Api
  readonly #installation: Installation
  readonly #system: System
  readonly #onMinted: OnMinted
  #minting: Promise<SecretValue> | undefined
  /** When the token minted last expires. */
  #end: Date | undefined

  /** @param app sends requests as the App itself */
  constructor(
    app: Api,
    installation: Installation,
    system: System,
    onMinted: OnMinted,
  ) {
    this.label = app.credential.label
    this.page = app.credential.page
    this.#app = app
    this.#installation = installation
    this.#system = system
    this.#onMinted = onMinted
  }

  token(): Promise<SecretValue> {
    const end = this.#end?.getTime() ?? Infinity
    if (end - this.#system.serverNow().getTime() < LAST_MILLISECONDS) {
      this.#minting = undefined
      this.#end = undefined
    }
    this.#minting ??= this.#mint().catch((thrown: unknown) => {
      // A later attempt may succeed.
      this.#minting = undefined
      throw thrown
    })
    return this.#minting
  }

  learn(): void {
    // The expiry was learned when the token was minted.
  }

  async #mint(): Promise<SecretValue> {
    const { permissions, repositories } = this.#installation
    const answer = await this.#ask({
      route: routes.mintInstallationToken,
      parameters: { installation_id: await this.#findInstallation() },
      body: {
        permissions,
        ...(repositories.length > 0 && { repositories }),
      },
    })
    const { token, expires_at } = (answer.data ?? {}) as Record<string, unknown>
    if (!isSuccess(answer) || !isSendable(token)) throw this.#refusal(answer)
    const minted = new SecretValue(token)
    this.#onMinted(minted)
    this.#end = readTime(expires_at)
    return minted
  }

  async #findInstallation(): Promise<number> {
    const { account, repositories, permissions } = this.#installation
    const [repo] = repositories
    const answer =
      repo === undefined
        ? await this.#ask({
            route: routes.findOrganizationInstallation,
            parameters: { org: account },
          })
        : await this.#ask({
            route: routes.findRepositoryInstallation,
            parameters: { owner: account, repo },
          })
    const { id, permissions: granted } = (answer.data ?? {}) as {
      id?: unknown
      permissions?: Readonly<Record<string, string>>
    }
    if (!isSuccess(answer) || typeof id !== 'number') {
      throw this.#refusal(answer)
    }
    const missing = Object.entries(permissions).filter(
      ([key, level]) => !isEnough(granted?.[key], level),
    )
    if (granted && missing.length > 0) throw this.#lacks(missing)
    return id
  }

  /** GitHub refuses a JWT from a wrong clock, but its answer has told the time. */
  async #ask(
    what: Pick<ApiRequest, 'route' | 'parameters' | 'body'>,
  ): Promise<Answer> {
    const request = { ...what, budgetMilliseconds: BUDGET_MILLISECONDS }
    const answer = await this.#app.send(request)
    const isRefused = answer.kind === 'answer' && answer.status === 401
    return isRefused ? this.#app.send(request) : answer
  }

  #lacks(missing: readonly (readonly [string, string])[]): RotationError {
    const { account } = this.#installation
    const list = missing.map(([key, level]) => `${key}: ${level}`).join(', ')
    return new RotationError(
      {
        code: 'PERMISSION_MISSING',
        what: `The GitHub App of 'app-client-id' lacks permissions on ${account} that this run needs: ${list}.`,
        remedy: `Grant them to the App in its settings (${this.page}, or those of the organization that owns it), then accept them for its installation on ${account}.`,
      },
      'unchanged',
    )
  }

  #refusal(answer: Answer): RotationError {
    return new RotationError(this.#explain(answer), 'unchanged')
  }

  #explain(answer: Answer): Failure {
    const { account, repositories } = this.#installation
    const where =
      repositories.length > 0
        ? repositories.map((name) => `${account}/${name}`).join(', ')
        : account
    const task = `use the GitHub App on ${where}`
    const what = `GitHub did not let this run ${task}: it ${describeAnswer(answer)}.`
    switch (statusOf(answer)) {
      case 401:
        return {
          code: 'CREDENTIAL_REJECTED',
          what,
          remedy: `Check that 'app-client-id' and 'app-private-key' belong to the same App, and that this key has not been deleted: ${this.page}.`,
        }
      case 403:
        return {
          code: 'CREDENTIAL_REJECTED',
          what,
          remedy: `Check that the App is not suspended on ${account}.`,
        }
      case 404:
      case 422:
        return {
          code: 'PERMISSION_MISSING',
          what,
          remedy: `Install the App on ${where}: "Install App" on its page (${this.page}), with these repositories among those that it may access.`,
        }
      default:
        return explainUnanswered(task, answer)
    }
  }
}

/** GitHub answers 404 with these words for an unknown client id. */
function statusOf(answer: Answer): number | undefined {
  if (answer.kind !== 'answer' || isRateLimit(answer)) return undefined
  const isUnknown = /integration not found/i.test(answer.message ?? '')
  return isUnknown ? 401 : answer.status
}

/** Any form that a header can hold. */
function isSendable(token: unknown): token is string {
  return typeof token === 'string' && /^[\x21-\x7e]{1,10000}$/.test(token)
}

function isEnough(granted: string | undefined, needed: string): boolean {
  return granted === needed || granted === 'write' || granted === 'admin'
}

/**
 * @param api sends requests with the token to be revoked
 * @returns false when it may still be valid
 * @see https://docs.github.com/en/rest/apps/installations#revoke-an-installation-access-token
 */
export async function revoke(api: Api): Promise<boolean> {
  const answer = await api.send({
    route: routes.revokeInstallationToken,
    parameters: {},
    budgetMilliseconds: REVOCATION_BUDGET_MILLISECONDS,
  })
  // 401: it has already expired.
  return (
    answer.kind === 'answer' && (answer.status === 204 || answer.status === 401)
  )
}
