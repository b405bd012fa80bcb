import type { IncomingMessage, ServerResponse } from 'node:http'

import { Clock } from '../clock.ts'
import { answerControl } from '../control.ts'
import {
  describeRequest,
  readBody,
  serve,
  type RunningServer,
  type SeenRequest,
} from '../http-server.ts'
import { error, type Answer } from './answer.ts'
import type { App, MintedToken, NewApp } from './apps.ts'
import { Callers } from './callers.ts'
import { createCommands } from './commands.ts'
import type { Credential } from './credential.ts'
import { findStore } from './everything.ts'
import { jobLimits, publishedLimits, type Limits } from './limits.ts'
import { storeNameOf } from './needs.ts'
import {
  checkAnswer,
  checkRequest,
  findOperation,
  type Operation,
} from './openapi.ts'
import { createRepository, type Repository } from './repository.ts'
import { queueRun, type QueuedRun } from './run-secrets.ts'
import { SecretStore } from './secret-store.ts'
import { createStores, type Stores } from './stores.ts'

export type { Credential }

const supportedVersions = ['2022-11-28']

export interface StandInOptions {
  readonly basePath?: string
  /** Such as `3.19.0`: a GitHub Enterprise Server, which has fewer stores. */
  readonly enterpriseVersion?: string | undefined
  readonly clock?: Clock
}

/**
 * Stands in for api.github.com: keeps secrets, opens every sealed box with the
 * scope's private key, keeps refs and workflow runs, and checks every request
 * and every answer of its own against GitHub's OpenAPI description.
 */
export class GitHubStandIn {
  readonly clock: Clock
  readonly requests: SeenRequest[] = []
  /** What GitHub's description does not allow; a test fails on any. */
  readonly violations: string[] = []
  readonly #everything: {
    readonly repositories: Map<string, Repository>
    readonly organizations: Map<string, Stores>
    readonly userSecrets: SecretStore
  }
  readonly #callers: Callers
  #server: RunningServer | undefined
  /** GHES serves its API under a path. */
  readonly #basePath: string
  readonly #enterpriseVersion: string | undefined

  constructor({
    basePath = '',
    enterpriseVersion,
    clock = new Clock(),
  }: StandInOptions = {}) {
    this.#basePath = basePath
    this.#enterpriseVersion = enterpriseVersion
    this.clock = clock
    this.#everything = {
      repositories: new Map(),
      organizations: new Map(),
      userSecrets: new SecretStore(clock, 100, 'selected'),
    }
    this.#callers = new Callers(clock, this.#everything)
  }

  async start(port?: number): Promise<void> {
    this.#server = await serve((request, response) => {
      void this.#handle(request, response)
    }, port)
  }

  async close(): Promise<void> {
    await this.#server?.close()
  }

  get url(): string {
    if (this.#server === undefined) throw new Error('not started')
    return this.#server.url + this.#basePath
  }

  addRepository(fullName: string, { isPrivate = true } = {}): Repository {
    const id = 1000 + this.#everything.repositories.size
    const repository = createRepository(this.clock, { id, fullName, isPrivate })
    this.#everything.repositories.set(fullName.toLowerCase(), repository)
    return repository
  }

  addEnvironment(repository: Repository, name: string): SecretStore {
    const secrets = new SecretStore(this.clock, 100)
    repository.environments.set(name.toLowerCase(), {
      id: repository.id * 1000 + repository.environments.size,
      name,
      createdAt: this.clock.now(),
      secrets,
    })
    return secrets
  }

  /** @returns its secrets for Actions */
  addOrganization(login: string): SecretStore {
    const stores = createStores(this.clock, 1000)
    this.#everything.organizations.set(login.toLowerCase(), stores)
    return stores.actions
  }

  addToken(
    token: string,
    credential: Credential,
    limits: Limits = credential.kind === 'job' ? jobLimits : publishedLimits,
  ): void {
    this.#callers.addToken(token, credential, limits)
  }

  revokeToken(token: string): void {
    this.#callers.revokeToken(token)
  }

  addApp(app: NewApp): App {
    return this.#callers.addApp(app)
  }

  /** Every installation token that there has been, the oldest first. */
  get mintedTokens(): readonly MintedToken[] {
    return this.#callers.mintedTokens
  }

  /** How many requests were refused because there had been too many. */
  get refusedForLimits(): number {
    return this.#callers.refusedForLimits
  }

  /** @throws when there is none of that name */
  repository(fullName: string): Repository {
    const repository = this.#everything.repositories.get(fullName.toLowerCase())
    if (repository === undefined) throw new Error(`no repository ${fullName}`)
    return repository
  }

  /**
   * The secrets of a scope: `repository:acme/web`,
   * `repository:acme/web/environment:production`, `organization:acme` (with
   * `/dependabot`, `/codespaces` or `/agents` after a repository or an
   * organization), or `user/codespaces`.
   *
   * @throws when there is no such scope
   */
  store(scope: string): SecretStore {
    return findStore(scope, this.#everything)
  }

  /** The secrets of a run that is queued now. */
  queueRun(fullName: string): QueuedRun {
    const repository = this.repository(fullName)
    const owner = repository.owner.toLowerCase()
    return queueRun(
      repository,
      this.#everything.organizations.get(owner)?.actions,
    )
  }

  async #handle(
    message: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (await answerControl(createCommands(this), message, response)) return
    const body = await readBody(message)
    const request = describeRequest(message, body)
    this.requests.push(request)
    const answer = this.#answer(request)
    request.status = answer.status
    response.writeHead(answer.status, {
      date: this.clock.now().toUTCString(),
      'x-github-request-id': `TEST:${this.requests.length}`,
      ...(this.#enterpriseVersion !== undefined && {
        'x-github-enterprise-version': this.#enterpriseVersion,
      }),
      ...(answer.body !== undefined && {
        'content-type': 'application/json; charset=utf-8',
      }),
      ...answer.headers,
    })
    response.end(
      answer.body === undefined ? undefined : JSON.stringify(answer.body),
    )
  }

  #answer(request: SeenRequest): Answer {
    const path = request.path.startsWith(`${this.#basePath}/`)
      ? request.path.slice(this.#basePath.length)
      : ''
    const operation = findOperation(request.method, path)
    if (operation === undefined) {
      this.#note(request, ['no such operation'])
      return error(404, 'Not Found')
    }
    const query = new URLSearchParams(path.split('?')[1] ?? '')
    this.#note(request, [
      ...checkHeaders(request),
      ...checkRequest(operation, query, request.body),
    ])
    const answer = this.#isServed(operation)
      ? this.#callers.answer(
          { ...request, operation, query, apiUrl: this.url },
          request.headers['authorization'],
        )
      : error(404, 'Not Found')
    this.#note(request, checkAnswer(operation, answer.status, answer.body))
    return answer
  }

  /** Enterprise Servers have neither Codespaces nor agents. */
  #isServed({ id }: Operation): boolean {
    return (
      this.#enterpriseVersion === undefined ||
      !['codespaces', 'agents'].includes(storeNameOf(id))
    )
  }

  #note(request: SeenRequest, problems: readonly string[]): void {
    for (const problem of problems) {
      this.violations.push(`${request.method} ${request.path}: ${problem}`)
    }
  }
}

/** GitHub refuses requests without a user agent, and old ones by version. */
function checkHeaders({ headers }: SeenRequest): string[] {
  const { accept, 'user-agent': userAgent } = headers
  const version = headers['x-github-api-version']
  return [
    ...(userAgent ? [] : ['no user agent']),
    ...(accept?.includes('application/vnd.github') ? [] : ['no accept header']),
    ...(version !== undefined && supportedVersions.includes(version)
      ? []
      : ['no supported API version']),
  ]
}

// On its own: npm run stand-in:github -- [port]
if (import.meta.main) {
  const github = new GitHubStandIn()
  await github.start(Number(process.argv[2] ?? 0))
  console.log(github.url)
}
