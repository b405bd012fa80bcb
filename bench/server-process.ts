/**
 * The authorization server and the stand-in for GitHub, in a process of their
 * own that does what {@link Servers} asks for by message.
 */
import {
  AuthorizationServer,
  clients,
} from '../__tests__/support/authorization-server.ts'
import { Clock } from '../__tests__/support/clock.ts'
import type { WorkflowRun } from '../__tests__/support/github/run-store.ts'
import { GitHubStandIn } from '../__tests__/support/github/stand-in.ts'
import { RoundTrips } from '../__tests__/support/round-trips.ts'
import { Gate } from './gate.ts'
import type { Addresses, Queued, Traffic, TrafficOptions } from './servers.ts'

const GITHUB_TOKEN = 'github_pat_11BENCHBENCHBENCHBENCH'
const JOB_TOKEN = 'ghs_benchbenchbenchbenchbenchbench'

const gate = new Gate()
gate.install()
const clock = new Clock()
const github = new GitHubStandIn({ clock })
const authorizationServer = new AuthorizationServer(clock)
await Promise.all([github.start(), authorizationServer.start()])

let running: WorkflowRun | undefined

const commands = {
  /** One repository with one grant for each name. */
  open: async (repositories: readonly string[]): Promise<Addresses> => {
    github.addToken(GITHUB_TOKEN, {
      kind: 'fine-grained',
      permissions: { secrets: 'write' },
      repositories: [...repositories],
    })
    github.addToken(JOB_TOKEN, {
      kind: 'job',
      permissions: { contents: 'write', actions: 'read' },
      repositories: [...repositories],
    })
    for (const name of repositories) {
      const { secrets } = github.addRepository(name)
      const token = await authorizationServer.mintRefreshToken()
      secrets.set('REFRESH_TOKEN', token)
      secrets.set('CLIENT_SECRET', clients.basic.secret)
      secrets.set('ROTATION_TOKEN', GITHUB_TOKEN)
    }
    return {
      apiUrl: github.url,
      tokenEndpoint: authorizationServer.tokenEndpoint,
      clientId: clients.basic.id,
      jobToken: JOB_TOKEN,
    }
  },

  /** Queues a run an hour later: no second and no limit has to be waited for. */
  queue: (repository: string, options: TrafficOptions): Queued => {
    clock.advance(3_600_000)
    github.requests.length = 0
    gate.exchanges = []
    gate.latencyMilliseconds = options.latencyMilliseconds
    gate.roundTrips = options.countsRoundTrips ? new RoundTrips() : undefined
    running = github.repository(repository).runs.addRun()
    return {
      runId: String(running.id),
      secrets: github.queueRun(repository)(),
    }
  },

  /** @throws when the run did not leave what a rotation has to leave */
  complete: async (repository: string, queued: Queued): Promise<Traffic> => {
    const { runs, secrets } = github.repository(repository)
    if (running) runs.completeRun(running)
    if (github.violations.length > 0) {
      throw new Error(github.violations.join('\n'))
    }
    const { exchanges, roundTrips } = gate
    const stored = secrets.get('REFRESH_TOKEN')?.value ?? ''
    const isRotated = stored !== queued.secrets['REFRESH_TOKEN']
    if (isRotated !== exchanges.length > 0) {
      throw new Error(`${repository}: the token was not rotated`)
    }
    if (!(await authorizationServer.acceptsRefreshToken(stored))) {
      throw new Error(`${repository}: the stored token is not the newest one`)
    }
    return { exchanges, roundTrips: roundTrips?.count ?? 0 }
  },
}

interface Order {
  readonly name: keyof typeof commands
  readonly parameters: never[]
}

process.on('message', (order: Order) => {
  void carryOut(order)
})
process.on('disconnect', () => process.exit())

async function carryOut({ name, parameters }: Order): Promise<void> {
  const command: (...parameters: never[]) => unknown = commands[name]
  try {
    process.send?.({ result: await command(...parameters) })
  } catch (error) {
    process.send?.({ error: String(error) })
  }
}
