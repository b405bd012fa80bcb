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
import { answerIfAllowed } from './access.ts'
import { error, type Answer } from './answer.ts'
import { createCommands } from './commands.ts'
import { requirePossible, type Credential } from './credential.ts'
import {
  jobLimits,
  LimitCounter,
  publishedLimits,
  type Limits,
} from './limits.ts'
import {
  checkAnswer,
  checkRequest,
  findOperation,
  type Operation,
} from './openapi.ts'
import { createRepository, type Repository } from './repository.ts'
import { queueRun, type QueuedRun } from './run-secrets.ts'
import { SecretStore } from './secret-store.ts'

export type { Credential }

const supportedVersions = ['2022-11-28']

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
  readonly #repositories = new Map<string, Repository>()
  readonly #organizations = new Map<string, SecretStore>()
  readonly #tokens = new Map<string, Credential & { limits: LimitCounter }>()
  #server: RunningServer | undefined
  /** GHES serves its API under a path. */
  readonly #basePath: string

  constructor({ basePath = '', clock = new Clock() } = {}) {
    this.#basePath = basePath
    this.clock = clock
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
    const id = 1000 + this.#repositories.size
    const repository = createRepository(this.clock, { id, fullName, isPrivate })
    this.#repositories.set(fullName.toLowerCase(), repository)
    return repository
  }

  addEnvironment(repository: Repository, name: string): SecretStore {
    const store = new SecretStore(this.clock, 100)
    repository.environments.set(name.toLowerCase(), store)
    return store
  }

  addOrganization(login: string): SecretStore {
    const store = new SecretStore(this.clock, 1000)
    this.#organizations.set(login.toLowerCase(), store)
    return store
  }

  addToken(
    token: string,
    credential: Credential,
    limits: Limits = credential.kind === 'job' ? jobLimits : publishedLimits,
  ): void {
    requirePossible(credential)
    this.#tokens.set(token, {
      ...credential,
      limits: new LimitCounter(this.clock, limits),
    })
  }

  revokeToken(token: string): void {
    this.#tokens.delete(token)
  }

  /** @throws when there is none of that name */
  repository(fullName: string): Repository {
    const repository = this.#repositories.get(fullName.toLowerCase())
    if (repository === undefined) throw new Error(`no repository ${fullName}`)
    return repository
  }

  /** The secrets of a run that is queued now. */
  queueRun(fullName: string): QueuedRun {
    const repository = this.repository(fullName)
    const owner = repository.owner.toLowerCase()
    return queueRun(repository, this.#organizations.get(owner))
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
    const answer = this.#authorized(request, operation, query)
    this.#note(request, checkAnswer(operation, answer.status, answer.body))
    return answer
  }

  #note(request: SeenRequest, problems: readonly string[]): void {
    for (const problem of problems) {
      this.violations.push(`${request.method} ${request.path}: ${problem}`)
    }
  }

  #authorized(
    request: SeenRequest,
    operation: Operation,
    query: URLSearchParams,
  ): Answer {
    const [, token = ''] =
      /^(?:token|bearer) (.+)$/i.exec(request.headers['authorization'] ?? '') ??
      []
    const credential = this.#tokens.get(token)
    if (
      credential === undefined ||
      (credential.expiresAt && credential.expiresAt <= this.clock.now())
    ) {
      return error(401, 'Bad credentials')
    }
    const { refusal, headers } = credential.limits.count(request.method)
    if (refusal === 'primary') {
      return error(403, 'API rate limit exceeded for user ID 1.', headers)
    }
    if (refusal === 'secondary') {
      return error(
        403,
        'You have exceeded a secondary rate limit. Please wait a few minutes before you try again. For more on scraping GitHub and how it may affect your rights, please review our Terms of Service (https://docs.github.com/en/site-policy/github-terms/github-terms-of-service)',
        headers,
      )
    }
    const answer = answerIfAllowed(
      {
        ...request,
        operation,
        query,
        apiUrl: this.url,
        kind: credential.kind,
      },
      credential,
      { repositories: this.#repositories, organizations: this.#organizations },
    )
    return { ...answer, headers: { ...headers, ...answer.headers } }
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

// On its own: node __tests__/support/github/stand-in.ts [port]
if (import.meta.main) {
  const github = new GitHubStandIn()
  await github.start(Number(process.argv[2] ?? 0))
  console.log(github.url)
}
