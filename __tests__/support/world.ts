import type { ChildProcess } from 'node:child_process'

import {
  AuthorizationServer,
  clients,
  type Client,
} from './authorization-server.ts'
import { Clock } from './clock.ts'
import { FaultProxy } from './fault-proxy.ts'
import { GitHubStandIn } from './github/stand-in.ts'
import type { Repository } from './github/secrets-api.ts'
import { Runner, type Job, type RunResult } from './runner/runner.ts'
import {
  findLeaksOfStep,
  findLeaksToGitHub,
  findLeaksToTokenEndpoint,
  type Leak,
} from './secrecy.ts'

export const REPOSITORY = 'acme/web'
export const GITHUB_TOKEN = 'github_pat_11AAAAAAA0canarycanarycanary'

export interface RunOptions {
  /** Overrides of the step's `with:`; an empty string takes an input out. */
  readonly with?: Readonly<Record<string, string>>
  readonly job?: Partial<Job>
  /** The environment that the job names. */
  readonly environment?: string
  /** A snapshot from `world.github.queueRun`; left out: queued just now. */
  readonly queued?: (environment?: string) => Record<string, string>
  /** Gets the main process, to do something to it. */
  readonly onStart?: (main: ChildProcess) => void
}

/**
 * One repository with one OAuth client: both stand-ins, a fault proxy before
 * each, and a runner. After each run everything is searched for secrets.
 */
export class World {
  readonly clock = new Clock()
  readonly github = new GitHubStandIn({ clock: this.clock })
  readonly authorizationServer = new AuthorizationServer(this.clock)
  githubProxy = new FaultProxy('http://unset')
  authorizationProxy = new FaultProxy('http://unset')
  repository!: Repository
  readonly client: Client

  private constructor(client: Client) {
    this.client = client
  }

  static async start(client: Client = clients.basic): Promise<World> {
    const world = new World(client)
    await world.#start()
    return world
  }

  async #start(): Promise<void> {
    await Promise.all([this.github.start(), this.authorizationServer.start()])
    this.githubProxy = new FaultProxy(this.github.url)
    this.authorizationProxy = new FaultProxy(this.authorizationServer.issuer)
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
    await Promise.all([this.github.close(), this.authorizationServer.close()])
  }

  mintRefreshToken(): Promise<string> {
    return this.authorizationServer.mintRefreshToken(this.client.id)
  }

  /** The refresh token that GitHub holds. */
  get storedRefreshToken(): string | undefined {
    return this.repository.secrets.get('REFRESH_TOKEN')?.value
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
    }
  }

  /**
   * Runs the action once, main and post.
   *
   * @throws when a secret is found where it must not be, or when GitHub's
   * description does not allow a request
   */
  async run(options: RunOptions = {}): Promise<RunResult> {
    const queued = options.queued ?? this.github.queueRun(REPOSITORY)
    const runner = new Runner({
      repository: REPOSITORY,
      eventName: 'schedule',
      apiUrl: this.githubProxy.url,
      secrets: queued(options.environment),
      ...options.job,
    })
    const result = await runner.run(
      { ...this.inputs, ...options.with },
      options.onStart,
    )
    this.verify(result)
    return result
  }

  verify({ main, post }: RunResult): void {
    const secrets = new Set([
      ...this.authorizationServer.issued,
      GITHUB_TOKEN,
      ...(this.client.secret === '' ? [] : [this.client.secret]),
    ])
    const accessToken = main.outputs['access-token'] ?? ''
    const leaks: Leak[] = [
      ...findLeaksOfStep('main', main, accessToken, secrets),
      ...findLeaksOfStep('post', post, accessToken, secrets),
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
