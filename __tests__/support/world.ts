import {
  AuthorizationServer,
  clients,
  type AuthorizationServerOptions,
  type Client,
} from './authorization-server.ts'
import { ClassShim, type ProviderClass } from './class-shim.ts'
import { Clock } from './clock.ts'
import { FaultProxy } from './fault-proxy.ts'
import type { App } from './github/apps.ts'
import type { Permissions } from './github/credential.ts'
import type { Repository } from './github/repository.ts'
import type { WorkflowRun } from './github/run-store.ts'
import { GitHubStandIn } from './github/stand-in.ts'
import type { SeenRequest } from './http-server.ts'
import { makeKeyPair } from './key-pairs.ts'
import {
  Runner,
  type Interference,
  type Job,
  type RunResult,
} from './runner/runner.ts'
import { trace } from './trace.ts'
import {
  findLeaksOfStep,
  findLeaksToGitHub,
  findLeaksToTokenEndpoint,
  readBasic,
  type Leak,
} from './secrecy.ts'

export const REPOSITORY = 'acme/web'
export const GITHUB_TOKEN = 'github_pat_11AAAAAAA0canarycanarycanary'
export const APP_CLIENT_ID = 'Iv23liRotateCanary01'
export const JOB_TOKEN = 'ghs_jobtokencanarycanarycanarycanary'

/** A run as GitHub has queued it, with the secrets of that moment. */
export interface QueuedRun {
  readonly run: WorkflowRun
  readonly secrets: (environment?: string) => Record<string, string>
}

export interface RunOptions extends Interference {
  /** Overrides of the step's `with:`; an empty string takes an input out. */
  readonly with?: Readonly<Record<string, string>>
  readonly job?: Partial<Job>
  /** The environment that the job names. */
  readonly environment?: string
  /** From {@link World.queue}; left out: queued just now. */
  readonly queued?: QueuedRun
}

/**
 * One repository with one OAuth client: both stand-ins, a fault proxy before
 * each, and a runner. After each run everything is searched for secrets.
 */
export class World {
  readonly clock = new Clock()
  readonly github = new GitHubStandIn({ clock: this.clock })
  readonly authorizationServer: AuthorizationServer
  githubProxy = new FaultProxy('http://unset')
  authorizationProxy = new FaultProxy('http://unset')
  repository!: Repository
  readonly client: Client
  readonly providerClass: ProviderClass
  /** What else must not be found anywhere, such as the key of an App. */
  readonly extraSecrets = new Set<string>()
  #shim: ClassShim | undefined

  private constructor(
    client: Client,
    providerClass: ProviderClass,
    options: AuthorizationServerOptions,
  ) {
    this.client = client
    this.providerClass = providerClass
    this.authorizationServer = new AuthorizationServer(this.clock, {
      isRotating: providerClass.rotationClass !== 'non-rotating',
      ...options,
    })
  }

  static async start(
    client: Client = clients.basic,
    providerClass: ProviderClass = { rotationClass: 'strict', graceSeconds: 0 },
    options: AuthorizationServerOptions = {},
  ): Promise<World> {
    const world = new World(client, providerClass, options)
    await world.#start()
    return world
  }

  async #start(): Promise<void> {
    await Promise.all([this.github.start(), this.authorizationServer.start()])
    this.githubProxy = new FaultProxy(this.github.url)
    const { issuer } = this.authorizationServer
    this.#shim = new ClassShim(issuer, this.providerClass, this.clock)
    await this.#shim.start()
    const isShimmed = ['grace', 'confirm-on-use'].includes(
      this.providerClass.rotationClass,
    )
    this.authorizationProxy = new FaultProxy(
      isShimmed ? this.#shim.url : issuer,
    )
    await Promise.all([
      this.githubProxy.start(),
      this.authorizationProxy.start(),
    ])
    this.repository = this.github.addRepository(REPOSITORY)
    this.github.addToken(GITHUB_TOKEN, {
      kind: 'fine-grained',
      permissions: { secrets: 'write' },
      repositories: [REPOSITORY],
    })
    this.github.addToken(JOB_TOKEN, {
      kind: 'job',
      permissions: { contents: 'write', actions: 'read' },
      repositories: [REPOSITORY],
    })
    const { secrets } = this.repository
    secrets.set('REFRESH_TOKEN', await this.mintRefreshToken())
    secrets.set('ROTATION_TOKEN', GITHUB_TOKEN)
    if (this.client.secret !== '') {
      secrets.set('CLIENT_SECRET', this.client.secret)
    }
    // Nothing of the set-up is to look like a write during a run.
    this.clock.advance(3_600_000)
  }

  async close(): Promise<void> {
    await Promise.all([
      this.githubProxy.close(),
      this.authorizationProxy.close(),
    ])
    await this.#shim?.close()
    await Promise.all([this.github.close(), this.authorizationServer.close()])
  }

  mintRefreshToken(): Promise<string> {
    return this.authorizationServer.mintRefreshToken(this.client.id)
  }

  /** An App on all that is acme's; its key is the secret `APP_PRIVATE_KEY`. */
  async addApp(permissions: Permissions): Promise<App> {
    const { pem, publicKey } = await makeKeyPair('RS256')
    this.extraSecrets.add(pem)
    this.repository.secrets.set('APP_PRIVATE_KEY', pem)
    return this.github.addApp({
      clientId: APP_CLIENT_ID,
      publicKey,
      installations: [{ account: 'acme', permissions, repositories: 'all' }],
    })
  }

  /** The refresh token that GitHub holds. */
  get storedRefreshToken(): string | undefined {
    return this.repository.secrets.get('REFRESH_TOKEN')?.value
  }

  /** What the record's ref shows, the newest version first. */
  get history(): string[] {
    const refs = [...this.repository.git.refs.keys()]
    const ref = refs.find((name) => name.includes('rotate-token/'))
    return ref === undefined
      ? []
      : (this.repository.git.history(ref) ?? []).map(({ message }) => message)
  }

  /** Queues a run some seconds after whatever came before. */
  queue(): QueuedRun {
    this.clock.advance(5000)
    return {
      run: this.repository.runs.addRun(),
      secrets: this.github.queueRun(REPOSITORY),
    }
  }

  get inputs(): Record<string, string> {
    return {
      'refresh-token': '${{ secrets.REFRESH_TOKEN }}',
      'refresh-token-secret': 'REFRESH_TOKEN',
      'token-endpoint': `${this.authorizationProxy.url}/token`,
      'client-id': this.client.id,
      ...(this.client.secret !== '' && {
        'client-secret': '${{ secrets.CLIENT_SECRET }}',
      }),
      'github-token': '${{ secrets.ROTATION_TOKEN }}',
      'rotation-class': this.providerClass.rotationClass,
      ...(this.providerClass.rotationClass === 'grace' && {
        'grace-seconds': String(this.providerClass.graceSeconds),
      }),
    }
  }

  /**
   * Runs the action once, main and post.
   *
   * @throws when a secret is found where it must not be, or when GitHub's
   * description does not allow a request
   */
  async run(options: RunOptions = {}): Promise<RunResult> {
    const { run, secrets } = options.queued ?? this.queue()
    const runner = new Runner({
      repository: REPOSITORY,
      eventName: 'schedule',
      apiUrl: this.githubProxy.url,
      runId: String(run.id),
      runAttempt: String(run.attempt),
      token: JOB_TOKEN,
      secrets: secrets(options.environment),
      ...options.job,
    })
    const result = await runner.run(
      { ...this.inputs, ...options.with },
      options,
    )
    this.repository.runs.completeRun(run)
    this.verify(result)
    trace(
      result,
      {
        github: this.githubProxy.requests,
        'authorization server': this.authorizationProxy.requests,
      },
      this.history,
      [...this.authorizationServer.issued],
    )
    return result
  }

  verify({ main, post }: RunResult): void {
    const installationTokens = new Set(
      this.github.mintedTokens.map(({ token }) => token),
    )
    const secrets = new Set([
      ...this.authorizationServer.issued,
      ...installationTokens,
      ...[...this.extraSecrets].flatMap(withItsLines),
      ...this.githubProxy.requests.flatMap(readJwt),
      ...this.authorizationProxy.requests.flatMap(readBasic),
      GITHUB_TOKEN,
      JOB_TOKEN,
      ...(this.client.secret === '' ? [] : [this.client.secret]),
    ])
    const accessToken = main.outputs['access-token'] ?? ''
    const leaks: Leak[] = [
      ...Object.entries({ main, post }).flatMap(([step, result]) =>
        findLeaksOfStep(step, result, accessToken, secrets, installationTokens),
      ),
      ...findLeaksToGitHub(this.githubProxy.requests, secrets),
      ...findLeaksToTokenEndpoint(
        this.authorizationProxy.requests,
        secrets,
        this.client.secret,
      ),
    ]
    const { violations } = this.github
    if (leaks.length > 0 || violations.length > 0) {
      throw new Error(JSON.stringify({ leaks, violations }, undefined, 2))
    }
  }
}

/** A line of a key is as good as found, unless all keys have it. */
function withItsLines(secret: string): string[] {
  const lines = secret.split('\n').filter((line) => line.length > 40)
  return [secret, ...lines]
}

/** What an App presents as itself is good for minutes. */
function readJwt({ headers }: SeenRequest): string[] {
  const [, jwt] = /^bearer (eyJ.+)$/i.exec(headers['authorization'] ?? '') ?? []
  return jwt === undefined ? [] : [jwt]
}
