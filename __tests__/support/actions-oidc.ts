import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

import { SignJWT } from 'jose'

import { Clock } from './clock.ts'
import { sendJson, serve, type RunningServer } from './http-server.ts'
import { makeKeyPair, type KeyPair } from './key-pairs.ts'

const LIFETIME_SECONDS = 300

/**
 * GitHub as issuer of ID tokens for workflows, and the runner's endpoint that
 * hands them out, in one.
 *
 * @see https://docs.github.com/en/actions/reference/security/oidc
 */
export class ActionsOidc {
  /** What the job authenticates with to get one. */
  readonly requestToken = `runner-${randomUUID()}`
  /** Every ID token, in the order of issue. */
  readonly issued: string[] = []
  /** The audiences that were asked for. */
  readonly audiences: (string | null)[] = []
  /** Overrides of what the next ID tokens say. */
  claims: Readonly<Record<string, unknown>> = {}
  readonly #clock: Clock
  #keyPair: KeyPair | undefined
  #server: RunningServer | undefined

  constructor(clock = new Clock()) {
    this.#clock = clock
  }

  async start(): Promise<void> {
    this.#keyPair = await makeKeyPair('RS256')
    this.#server = await serve((request, response) => {
      void this.#handle(request, response)
    })
  }

  async close(): Promise<void> {
    await this.#server?.close()
  }

  get issuer(): string {
    if (this.#server === undefined) throw new Error('not started')
    return this.#server.url
  }

  /** What a job with `permissions: id-token: write` has. */
  get environment(): Record<
    'ACTIONS_ID_TOKEN_REQUEST_URL' | 'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
    string
  > {
    return {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${this.issuer}/idtoken?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: this.requestToken,
    }
  }

  /** Makes one without being asked over HTTP. */
  async issue(audience: string, keyPair = this.#keyPair): Promise<string> {
    if (keyPair === undefined) throw new Error('not started')
    const now = Math.floor(this.#clock.now().getTime() / 1000)
    const token = await new SignJWT({
      iss: this.issuer,
      sub: 'repo:acme/web:ref:refs/heads/main',
      aud: audience,
      jti: randomUUID(),
      iat: now,
      nbf: now - LIFETIME_SECONDS,
      exp: now + LIFETIME_SECONDS,
      ref: 'refs/heads/main',
      ref_type: 'branch',
      sha: 'a'.repeat(40),
      repository: 'acme/web',
      repository_owner: 'acme',
      repository_visibility: 'private',
      workflow: 'Rotate',
      workflow_ref: 'acme/web/.github/workflows/rotate.yml@refs/heads/main',
      job_workflow_ref: 'acme/web/.github/workflows/rotate.yml@refs/heads/main',
      event_name: 'schedule',
      run_id: '1',
      run_attempt: '1',
      actor: 'octocat',
      runner_environment: 'github-hosted',
      ...this.claims,
    })
      // Under the key ID of the true one even when another key signs.
      .setProtectedHeader({
        typ: 'JWT',
        alg: 'RS256',
        kid: this.#keyPair?.keyId ?? '',
      })
      .sign(keyPair.privateKey)
    this.issued.push(token)
    return token
  }

  async #handle(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.issuer)
    switch (pathname) {
      case '/.well-known/openid-configuration':
        sendJson(response, 200, {
          issuer: this.issuer,
          jwks_uri: `${this.issuer}/.well-known/jwks`,
          id_token_signing_alg_values_supported: ['RS256'],
        })
        return
      case '/.well-known/jwks':
        sendJson(response, 200, { keys: [this.#keyPair?.publicJwk] })
        return
      case '/idtoken': {
        if (request.headers.authorization !== `Bearer ${this.requestToken}`) {
          sendJson(response, 401, { message: 'Unauthorized' })
          return
        }
        const audience = searchParams.get('audience')
        this.audiences.push(audience)
        const value = await this.issue(audience ?? 'https://github.com/acme')
        sendJson(response, 200, { count: this.audiences.length, value })
        return
      }
      default:
        sendJson(response, 404, { message: 'Not Found' })
    }
  }
}
