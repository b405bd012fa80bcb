import { SecretValue } from '../../src/rotation/tokens/secret-value.ts'
import type { StateKey } from '../../src/rotation/tokens/token-keys.ts'
import { createKeyring } from '../../src/runtime/token-keys.ts'
import { sendJson, serve, type RunningServer } from './http-server.ts'
import { Intruder } from './intruder.ts'
import type { RunResult } from './runner/runner.ts'
import type { SecretStore } from './github/secret-store.ts'
import { GITHUB_TOKEN, REPOSITORY, World, type RunOptions } from './world.ts'

interface Taste {
  isBad: boolean
  readonly refused: Set<string | undefined>
}

/** Three places for the access token, and an API that it is tried at. */
export class DistributionWorld {
  readonly world: World
  readonly stores: readonly SecretStore[]
  readonly #api: RunningServer
  readonly #taste: Taste
  readonly #intruder: Intruder

  private constructor(
    world: World,
    stores: readonly SecretStore[],
    api: RunningServer,
    taste: Taste,
  ) {
    this.world = world
    this.stores = stores
    this.#api = api
    this.#taste = taste
    this.#intruder = new Intruder(world.repository.git)
  }

  static async start(): Promise<DistributionWorld> {
    const world = await World.start()
    const { github, repository } = world
    const stores = [
      repository.secrets,
      github.addEnvironment(repository, 'production'),
      github.addRepository('acme/api').secrets,
    ]
    github.addToken(GITHUB_TOKEN, {
      kind: 'fine-grained',
      permissions: { secrets: 'write', environments: 'write' },
      repositories: [REPOSITORY, 'acme/api'],
    })
    const taste: Taste = { isBad: false, refused: new Set() }
    const api = await serve((request, response) => {
      const token = request.headers.authorization?.slice('Bearer '.length)
      if (taste.isBad) taste.refused.add(token)
      sendJson(response, taste.isBad ? 401 : 200, {})
    })
    return new DistributionWorld(world, stores, api, taste)
  }

  async close(): Promise<void> {
    await this.#api.close()
    await this.world.close()
  }

  /** From now on, or no longer, the API takes every access token for bad. */
  refuse(isBad: boolean): void {
    this.#taste.isBad = isBad
  }

  /** Access tokens that the API has refused. */
  get refused(): ReadonlySet<string | undefined> {
    return this.#taste.refused
  }

  run(options: RunOptions = {}): Promise<RunResult> {
    return this.world.run({
      ...options,
      with: { ...this.inputs, ...options.with },
    })
  }

  get inputs(): Record<string, string> {
    const { secrets } = this.world.repository
    return {
      verify: this.#api.url,
      'access-token-secrets': [
        'ACCESS_TOKEN',
        'environment:production/ACCESS_TOKEN',
        'repository:acme/api/ACCESS_TOKEN',
      ].join('\n'),
      // A secret that does not exist is an empty input.
      ...(secrets.get('ACCESS_TOKEN') && {
        'access-token': '${{ secrets.ACCESS_TOKEN }}',
      }),
    }
  }

  /** What the three places hold. */
  get held(): (string | undefined)[] {
    return this.stores.map((store) => store.get('ACCESS_TOKEN')?.value)
  }

  /** The record as the newest commit has it, with the places that it names. */
  get record(): { phase: unknown; pendingPlaces: string[] } {
    const { phase, pendingPlaces } = this.#intruder.record
    const key = this.#keyOfStored
    return {
      phase,
      pendingPlaces: (pendingPlaces as string[]).map(
        (name) => placeIds.find((id) => key.nameOf(id) === name) ?? name,
      ),
    }
  }

  /** Only who holds the current token can tell which places are meant. */
  get #keyOfStored(): StateKey {
    const keyring = createKeyring({
      host: 'github.com',
      recordId: this.#intruder.recordId,
      place: 'repository://refresh_token',
    })
    const token = new SecretValue(this.world.storedRefreshToken ?? '')
    return keyring.of(token).state
  }

  get tokenRequests(): number {
    return this.world.authorizationProxy.count('POST', /\/token$/)
  }
}

/** What the names in the record are derived from. */
export const placeIds = [
  'repository://access_token',
  'repository://environment:production/access_token',
  'repository:acme/api/access_token',
]
