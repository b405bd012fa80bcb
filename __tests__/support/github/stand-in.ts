import type { IncomingMessage, ServerResponse } from 'node:http'

import { Clock } from '../clock.ts'
import { answerControl, type Commands } from '../control.ts'
import {
  describeRequest,
  readBody,
  serve,
  type RunningServer,
  type SeenRequest,
} from '../http-server.ts'
import { LimitCounter, publishedLimits, type Limits } from './limits.ts'
import {
  checkAnswer,
  checkRequest,
  findOperation,
  type Operation,
} from './openapi.ts'
import { SecretStore, type StoredSecret } from './secret-store.ts'
import {
  answerSecretsRequest,
  error,
  type Answer,
  type Repository,
} from './secrets-api.ts'

/** What a token may do. Permission keys and levels are GitHub's. */
export interface Credential {
  readonly kind: 'fine-grained' | 'installation'
  readonly permissions: Readonly<Record<string, 'read' | 'write'>>
  /** `owner/name`; others do not exist for this token. */
  readonly repositories: readonly string[]
  readonly organizations?: readonly string[]
  readonly expiresAt?: Date
}

interface InRepository {
  /** `owner/name` */
  readonly repository: string
}

/** What an operation is about, and what it takes. */
interface Target {
  readonly store: SecretStore
  readonly permission: string
}

const supportedVersions = ['2022-11-28']

/**
 * Stands in for api.github.com: keeps secrets, opens every sealed box with the
 * scope's private key, and checks every request and every answer of its own
 * against GitHub's OpenAPI description.
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
    const [owner = '', name = ''] = fullName.split('/')
    const repository: Repository = {
      id: 1000 + this.#repositories.size,
      owner,
      name,
      isPrivate,
      secrets: new SecretStore(this.clock, 100),
      environments: new Map(),
    }
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
    limits: Limits = publishedLimits,
  ): void {
    this.#tokens.set(token, {
      ...credential,
      limits: new LimitCounter(this.clock, limits),
    })
  }

  revokeToken(token: string): void {
    this.#tokens.delete(token)
  }

  /**
   * The `secrets` context as it is fixed when a run is queued: organization and
   * repository secrets. Environment secrets join when the job starts.
   */
  queueRun(fullName: string): (environment?: string) => Record<string, string> {
    const repository = this.#repository(fullName)
    if (repository === undefined) throw new Error(`no repository ${fullName}`)
    const organization = this.#organizations.get(repository.owner.toLowerCase())
    const queued = {
      ...valuesOf(organization, (secret) => isOpenTo(secret, repository)),
      ...valuesOf(repository.secrets),
    }
    return (environment = '') => ({
      ...queued,
      ...valuesOf(repository.environments.get(environment.toLowerCase())),
    })
  }

  /** What can be told and asked from outside of this process. */
  #commands(): Commands {
    const store = ({ repository }: InRepository): SecretStore => {
      const found = this.#repository(repository)
      if (found === undefined) throw new Error(`no repository ${repository}`)
      return found.secrets
    }
    return {
      'add-repository': ({ repository }: InRepository) => {
        this.addRepository(repository)
      },
      'add-token': ({
        token,
        ...credential
      }: Credential & { token: string }) => {
        this.addToken(token, credential)
      },
      'set-secret': (
        secret: InRepository & { name: string; value: string },
      ) => {
        store(secret).set(secret.name, secret.value)
      },
      'read-secret': (secret: InRepository & { name: string }) =>
        store(secret).get(secret.name)?.value,
      'queue-run': ({ repository }: InRepository) =>
        this.queueRun(repository)(),
      'advance-clock': ({ seconds }: { seconds: number }) => {
        this.clock.advance(seconds * 1000)
      },
      'list-requests': () => this.requests,
      'list-violations': () => this.violations,
    }
  }

  #repository(fullName: string): Repository | undefined {
    return this.#repositories.get(fullName.toLowerCase())
  }

  async #handle(
    message: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (await answerControl(this.#commands(), message, response)) return
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
    const target = this.#find(operation, credential)
    if (target === undefined) return error(404, 'Not Found', headers)
    const access = request.method === 'GET' ? 'read' : 'write'
    const accepted = {
      ...headers,
      'x-accepted-github-permissions': `${target.permission}=${access}`,
    }
    const granted = credential.permissions[target.permission]
    if (granted !== 'write' && granted !== access) {
      const bearer =
        credential.kind === 'installation'
          ? 'integration'
          : 'personal access token'
      return error(403, `Resource not accessible by ${bearer}`, accepted)
    }
    const answer = answerSecretsRequest(
      { ...request, operation, query, apiUrl: this.url },
      target.store,
      [...this.#repositories.values()],
    )
    return { ...answer, headers: { ...accepted, ...answer.headers } }
  }

  /** The secrets that are meant, or undefined when the token cannot see them. */
  #find(
    { parameters }: Operation,
    { repositories, organizations = [] }: Credential,
  ): Target | undefined {
    const { owner, repo, org, environment_name: environment } = parameters
    if (org !== undefined) {
      const store = this.#organizations.get(org.toLowerCase())
      return store && includes(organizations, org)
        ? { store, permission: 'organization_secrets' }
        : undefined
    }
    const fullName = `${owner}/${repo}`
    const repository = this.#repository(fullName)
    if (repository === undefined) return undefined
    if (repository.isPrivate && !includes(repositories, fullName)) {
      return undefined
    }
    if (environment === undefined) {
      const { secrets: store } = repository
      return { store, permission: 'secrets' }
    }
    const store = repository.environments.get(environment.toLowerCase())
    return store && { store, permission: 'environments' }
  }
}

function includes(names: readonly string[], name: string): boolean {
  return names.some((each) => each.toLowerCase() === name.toLowerCase())
}

function isOpenTo(
  { visibility, selectedRepositoryIds }: StoredSecret,
  { id, isPrivate }: Repository,
): boolean {
  switch (visibility) {
    case 'all':
      return true
    case 'private':
      return isPrivate
    default:
      return selectedRepositoryIds.has(id)
  }
}

function valuesOf(
  store: SecretStore | undefined,
  isReadable: (secret: StoredSecret) => boolean = () => true,
): Record<string, string> {
  return Object.fromEntries(
    [...(store?.secrets ?? [])]
      .filter(([, secret]) => isReadable(secret))
      .map(([name, { value }]) => [name, value]),
  )
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
