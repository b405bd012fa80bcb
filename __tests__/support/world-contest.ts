import type { ChildProcess } from 'node:child_process'

import type { Clock } from './clock.ts'
import type { Contest, Ending, Fate } from './contest.ts'
import type { Rule } from './fault-proxy.ts'
import type { GitStore } from './github/git-store.ts'
import { Intruder } from './intruder.ts'
import type { RunResult } from './runner/runner.ts'
import { strayRequests } from './trust-table.ts'
import { REPOSITORY, World, type RunOptions } from './world.ts'

/** An access token lives for an hour, and has to be good for a quarter of one. */
const GOOD_MILLISECONDS = (3600 - 900) * 1000

export const refusedWrite = {
  kind: 'respond',
  status: 403,
  body: '{"message":"Resource not accessible by personal access token"}',
} as const

/** The same contest for the bundle, in processes of its own. */
export class WorldContest implements Contest {
  readonly world: World
  readonly intruder: Intruder
  introspects = false
  #issuedAt = 0

  private constructor(world: World) {
    this.world = world
    this.intruder = new Intruder(world.repository.git)
  }

  static async start(): Promise<WorldContest> {
    return new WorldContest(await World.start())
  }

  close(): Promise<void> {
    return this.world.close()
  }

  get clock(): Clock {
    return this.world.clock
  }

  get git(): GitStore {
    return this.world.repository.git
  }

  get replays(): number {
    return this.world.authorizationServer.replays
  }

  isLive(): Promise<boolean> {
    const { authorizationServer, storedRefreshToken } = this.world
    return authorizationServer.acceptsRefreshToken(storedRefreshToken ?? '')
  }

  isNothingDue(): boolean {
    const { authorizationServer, clock } = this.world
    const stored = this.#accessToken ?? ''
    return (
      authorizationServer.issued.slice(-3).includes(stored) &&
      clock.now().getTime() - this.#issuedAt < GOOD_MILLISECONDS
    )
  }

  strayRequests(): string[] {
    return strayRequests(this.world.githubProxy.requests, REPOSITORY, this.git)
  }

  async run(fate: Fate = 'ends', isByPerson = false): Promise<Ending> {
    const { main } = await this.runAction(this.#options(fate, isByPerson))
    this.world.githubProxy.rules.length = 0
    this.world.authorizationProxy.rules.length = 0
    const { outcome = 'died' } = main.outputs
    return {
      outcome: main.signal === null ? outcome : 'died',
      code: main.outputs['error-code'] ?? '',
      isGreen: main.exitCode === 0,
      isTampered: main.rawOutput.includes('RECORD_TAMPERED'),
    }
  }

  /** One run with everything that its workflow gives it. */
  async runAction(options: RunOptions = {}): Promise<RunResult> {
    const { authorizationServer } = this.world
    const { refreshes } = authorizationServer
    const result = await this.world.run({
      ...options,
      with: { ...this.#inputs, ...options.with },
    })
    if (authorizationServer.refreshes > refreshes) {
      this.#issuedAt = this.clock.now().getTime()
    }
    return result
  }

  get #accessToken(): string | undefined {
    return this.world.repository.secrets.get('ACCESS_TOKEN')?.value
  }

  get #inputs(): Record<string, string> {
    return {
      'access-token-secrets': 'ACCESS_TOKEN',
      // A secret that does not exist is an empty input.
      ...(this.#accessToken !== undefined && {
        'access-token': '${{ secrets.ACCESS_TOKEN }}',
      }),
      ...(this.introspects && {
        'introspection-endpoint': `${this.world.authorizationProxy.url}/token/introspection`,
      }),
    }
  }

  #options(fate: Fate, isByPerson: boolean): RunOptions {
    const { githubProxy, authorizationProxy } = this.world
    const byPerson: RunOptions = isByPerson
      ? { job: { eventName: 'workflow_dispatch' }, with: { force: 'true' } }
      : {}
    switch (fate) {
      case 'ends':
        return byPerson
      case 'finds the secret closed':
        githubProxy.rules.push({
          method: 'PUT',
          path: /\/REFRESH_TOKEN$/,
          times: 1,
          fault: refusedWrite,
        })
        return byPerson
      case 'dies before the refresh': {
        const [rule, options] = killedAt({ method: 'POST', path: /\/token$/ })
        authorizationProxy.rules.push(rule)
        return { ...byPerson, ...options, isMachineLost: true }
      }
      case 'dies while it distributes': {
        const [rule, options] = killedAt({
          method: 'PUT',
          path: /\/ACCESS_TOKEN$/,
        })
        githubProxy.rules.push(rule)
        return { ...byPerson, ...options, isMachineLost: true }
      }
    }
  }
}

/** The request never arrives, and the process that sent it is killed. */
export function killedAt(
  request: Pick<Rule, 'method' | 'path'>,
): [Rule, Pick<RunOptions, 'onStart'>] {
  let main: ChildProcess | undefined
  const until = (): Promise<never> => {
    main?.kill('SIGKILL')
    return new Promise(() => undefined)
  }
  return [
    { ...request, times: 1, fault: { kind: 'wait', until } },
    {
      onStart(child) {
        main = child
      },
    },
  ]
}
