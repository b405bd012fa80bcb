import { generateKeyPairSync } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

import Provider, {
  type Adapter,
  type AdapterPayload,
  type Configuration,
} from 'oidc-provider'

import { Clock } from './clock.ts'
import { answerControl } from './control.ts'
import { serve, type RunningServer } from './http-server.ts'

export interface Client {
  readonly id: string
  readonly secret: string
  readonly authMethod: 'client_secret_basic' | 'client_secret_post' | 'none'
}

export const clients = {
  basic: {
    id: 'rotator',
    // Characters that differ between form encoding and base64 of the raw text.
    secret: 'basic+secret:with/odd=chars%20and~more-0123456789',
    authMethod: 'client_secret_basic',
  },
  post: {
    id: 'rotator-post',
    secret: 'post-secret-0123456789-0123456789-0123456789',
    authMethod: 'client_secret_post',
  },
  public: { id: 'rotator-public', secret: '', authMethod: 'none' },
} as const satisfies Record<string, Client>

const ACCOUNT = 'the-owner-of-the-grant'
const SCOPE = 'openid offline_access'
const ACCESS_TOKEN_SECONDS = 3600

/**
 * A real authorization server, oidc-provider, on loopback. Every refresh rotates
 * the refresh token, and a replayed one destroys the whole grant.
 */
export class AuthorizationServer {
  /** Every access, refresh and ID token, in the order of issue. */
  readonly issued: string[] = []
  refreshes = 0
  /** How often a refresh token was presented that had been used before. */
  replays = 0
  #provider: Provider | undefined
  #server: RunningServer | undefined
  readonly #usedRefreshTokens = new Set<string>()
  /** Tells the time in `Date`; tokens live by the clock of the machine. */
  readonly #clock: Clock
  readonly #isRotating: boolean

  constructor(clock = new Clock(), { isRotating = true } = {}) {
    this.#clock = clock
    this.#isRotating = isRotating
  }

  async start(port?: number): Promise<void> {
    this.#server = await serve((request, response) => {
      void this.#handle(request, response)
    }, port)
    this.#provider = new Provider(
      this.#server.url,
      configuration(this.#isRotating),
    )
    this.#provider.use(async (context, next) => {
      await next()
      if (context.path === '/token') this.#note(context)
    })
  }

  async close(): Promise<void> {
    await this.#server?.close()
  }

  get issuer(): string {
    if (this.#server === undefined) throw new Error('not started')
    return this.#server.url
  }

  get tokenEndpoint(): string {
    return `${this.issuer}/token`
  }

  /** A first refresh token, as a person gets it by logging in. */
  async mintRefreshToken(clientId: string = clients.basic.id): Promise<string> {
    const provider = this.#running()
    const client = await provider.Client.find(clientId)
    if (client === undefined) throw new Error(`no client ${clientId}`)
    const grant = new provider.Grant({ accountId: ACCOUNT, clientId })
    grant.addOIDCScope(SCOPE)
    const grantId = await grant.save()
    const token = await new provider.RefreshToken({
      accountId: ACCOUNT,
      client,
      grantId,
      gty: 'authorization_code',
      scope: SCOPE,
      claims: {},
      expiresWithSession: false,
    }).save()
    this.issued.push(token)
    return token
  }

  /** Whether a refresh with this token would succeed now. Does not use it. */
  async acceptsRefreshToken(token: string): Promise<boolean> {
    const found = await this.#running().RefreshToken.find(token)
    return found !== undefined && found.consumed === undefined
  }

  async acceptsAccessToken(token: string): Promise<boolean> {
    return (await this.#running().AccessToken.find(token)) !== undefined
  }

  /** All refresh tokens that would be accepted now. */
  async liveRefreshTokens(): Promise<string[]> {
    const live: string[] = []
    for (const token of this.issued) {
      if (await this.acceptsRefreshToken(token)) live.push(token)
    }
    return live
  }

  #running(): Provider {
    if (this.#provider === undefined) throw new Error('not started')
    return this.#provider
  }

  async #handle(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const commands = {
      'mint-refresh-token': ({ clientId }: { clientId?: string }) =>
        this.mintRefreshToken(clientId),
      'count-refreshes': () => this.refreshes,
      'count-replays': () => this.replays,
      'list-issued-tokens': () => this.issued,
      'list-live-refresh-tokens': () => this.liveRefreshTokens(),
    }
    if (await answerControl(commands, request, response)) return
    response.setHeader('date', this.#clock.now().toUTCString())
    await this.#running().callback()(request, response)
  }

  #note(context: { body: unknown; oidc?: { params?: object } }): void {
    const { refresh_token: presented } = (context.oidc?.params ?? {}) as {
      refresh_token?: string
    }
    const reply = context.body as Partial<Record<string, string>>
    if (
      this.#isRotating &&
      presented !== undefined &&
      this.#usedRefreshTokens.has(presented)
    ) {
      this.replays += 1
    }
    if (reply['access_token'] === undefined) return
    this.refreshes += 1
    if (presented !== undefined) this.#usedRefreshTokens.add(presented)
    for (const name of ['access_token', 'refresh_token', 'id_token']) {
      const token = reply[name]
      if (token !== undefined && !this.issued.includes(token)) {
        this.issued.push(token)
      }
    }
  }
}

function configuration(isRotating: boolean): Configuration {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const entries = new Map<string, AdapterPayload>()
  return {
    adapter: (model: string) => new MemoryAdapter(model, entries),
    jwks: {
      keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig' }],
    },
    clients: Object.values(clients).map(({ id, secret, authMethod }) => ({
      client_id: id,
      ...(secret !== '' && { client_secret: secret }),
      token_endpoint_auth_method: authMethod,
      grant_types: ['refresh_token', 'authorization_code'],
      redirect_uris: ['https://client.example/callback'],
      response_types: ['code'],
      id_token_signed_response_alg: 'ES256',
    })),
    // For always: by default a confidential client's token is rotated late.
    rotateRefreshToken: isRotating,
    ttl: {
      AccessToken: ACCESS_TOKEN_SECONDS,
      RefreshToken: 14 * 24 * 3600,
      Grant: 14 * 24 * 3600,
      IdToken: 3600,
    },
    findAccount: (_context, accountId) => ({
      accountId,
      claims: () => ({ sub: accountId }),
    }),
    features: {
      devInteractions: { enabled: false },
      introspection: { enabled: true, allowedPolicy: () => true },
    },
  }
}

/** Keeps everything; the one that comes with oidc-provider forgets. */
class MemoryAdapter implements Adapter {
  readonly #model: string
  readonly #entries: Map<string, AdapterPayload>

  constructor(model: string, entries: Map<string, AdapterPayload>) {
    this.#model = model
    this.#entries = entries
  }

  async upsert(id: string, payload: AdapterPayload): Promise<void> {
    this.#entries.set(this.#key(id), payload)
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    return this.#entries.get(this.#key(id))
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.#findBy((payload) => payload.uid === uid)
  }

  async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return this.#findBy((payload) => payload.userCode === userCode)
  }

  async consume(id: string): Promise<void> {
    const payload = this.#entries.get(this.#key(id))
    if (payload) payload.consumed = Math.floor(Date.now() / 1000)
  }

  async destroy(id: string): Promise<void> {
    this.#entries.delete(this.#key(id))
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    for (const [key, payload] of this.#entries) {
      if (payload.grantId === grantId) this.#entries.delete(key)
    }
  }

  #key(id: string): string {
    return `${this.#model}:${id}`
  }

  #findBy(
    matches: (payload: AdapterPayload) => boolean,
  ): AdapterPayload | undefined {
    for (const [key, payload] of this.#entries) {
      if (key.startsWith(`${this.#model}:`) && matches(payload)) return payload
    }
    return undefined
  }
}

// On its own: node __tests__/support/authorization-server.ts [port]
if (import.meta.main) {
  const server = new AuthorizationServer()
  await server.start(Number(process.argv[2] ?? 0))
  console.log(server.issuer)
}
