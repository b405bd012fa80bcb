import type { IncomingMessage, ServerResponse } from 'node:http'

import type { AdapterPayload, Provider } from 'oidc-provider'

import {
  clients,
  toMetadata,
  type Client,
} from './authorization-server/clients.ts'
import { createProvider } from './authorization-server/configuration.ts'
import { FederationGate } from './authorization-server/federation.ts'
import {
  loginByCode,
  loginByDevice,
  type Login,
} from './authorization-server/login.ts'
import type { AuthorizationServerOptions } from './authorization-server/options.ts'
import {
  TokenRequester,
  type RequestOptions,
} from './authorization-server/token-requests.ts'
import { Clock } from './clock.ts'
import { answerControl } from './control.ts'
import { sendJson, serve, type RunningServer } from './http-server.ts'
import { serveTls } from './tls-server.ts'

export { clients, type Client } from './authorization-server/clients.ts'
export type { AuthorizationServerOptions } from './authorization-server/options.ts'

const ACCOUNT = 'the-owner-of-the-grant'
const SCOPE = 'openid offline_access'

/** How a client of the tests asks; the rest follows from the server. */
export type RequesterOptions = Partial<RequestOptions>

/**
 * A real authorization server, oidc-provider, on loopback. Every refresh rotates
 * the refresh token, and a replayed one destroys the whole grant.
 */
export class AuthorizationServer {
  /** Every access, refresh and ID token, in the order of issue. */
  readonly issued: string[] = []
  /** Why requests were refused; clients get to know less. */
  readonly refusals: string[] = []
  refreshes = 0
  /** How often a refresh token was presented that had been used before. */
  replays = 0
  #provider: Provider | undefined
  #server: RunningServer | undefined
  #mtlsServer: RunningServer | undefined
  readonly #usedRefreshTokens = new Set<string>()
  /** Tells the time in `Date`; tokens live by the clock of the machine. */
  readonly #clock: Clock
  readonly #isRotating: boolean
  readonly #options: AuthorizationServerOptions
  readonly #entries = new Map<string, AdapterPayload>()
  readonly #federation: FederationGate

  constructor(clock = new Clock(), options: AuthorizationServerOptions = {}) {
    this.#clock = clock
    this.#options = options
    this.#isRotating = options.isRotating ?? true
    this.#federation = new FederationGate(clock)
  }

  async start(port?: number): Promise<void> {
    await this.#listen(port)
    const provider = createProvider(this.issuer, {
      ...this.#options,
      clock: this.#clock,
      isRotating: this.#isRotating,
      hasInteractions: this.#hasInteractions,
      hasMutualTls: this.#options.tls !== undefined,
      entries: this.#entries,
      tokenEndpoint: this.tokenEndpoint,
      ...(this.#mtlsServer && { mtlsTokenEndpoint: this.mtlsTokenEndpoint }),
      onRefusal: (reason) => this.refusals.push(reason),
    })
    provider.use(async (context, next) => {
      await next()
      if (context.path === '/token') this.#note(context)
    })
    this.#provider = provider
    for (const client of this.#options.clients ?? []) {
      await this.addClient(client)
    }
  }

  async #listen(port?: number): Promise<void> {
    const listener = (
      request: IncomingMessage,
      response: ServerResponse,
    ): void => {
      void this.#handle(request, response)
    }
    const { tls } = this.#options
    if (tls === undefined) {
      this.#server = await serve(listener, port)
      return
    }
    const { hasMtlsAlias = false, ...certificates } = tls
    this.#server = await serveTls(
      listener,
      {
        ...certificates,
        clientCertificates: hasMtlsAlias ? 'none' : 'request',
      },
      port,
    )
    if (!hasMtlsAlias) return
    this.#mtlsServer = await serveTls(listener, {
      ...certificates,
      clientCertificates: 'request',
    })
  }

  async close(): Promise<void> {
    await Promise.all([this.#server?.close(), this.#mtlsServer?.close()])
  }

  get issuer(): string {
    if (this.#server === undefined) throw new Error('not started')
    return this.#server.url
  }

  get tokenEndpoint(): string {
    return `${this.issuer}/token`
  }

  /** Where client certificates are seen. */
  get mtlsTokenEndpoint(): string {
    return `${this.#mtlsServer?.url ?? this.issuer}/token`
  }

  get #hasInteractions(): boolean {
    return this.#options.hasInteractions ?? false
  }

  /**
   * Registers one more client.
   *
   * @throws when oidc-provider does not take its metadata
   */
  async addClient(client: Client): Promise<void> {
    const provider = this.#running()
    const metadata = toMetadata(await this.#federation.admit(client), {
      hasInteractions: this.#hasInteractions,
    })
    this.#entries.set(`Client:${client.id}`, metadata)
    await provider.Client.find(client.id)
  }

  /** Asks as this client does. To be closed. */
  requester(client: Client, options: RequesterOptions = {}): TokenRequester {
    return new TokenRequester(client, {
      clock: this.#clock,
      audience: this.issuer,
      ...options,
    })
  }

  /** A first refresh token, as somebody gets it with a browser. */
  loginByCode(client: Client, options?: RequesterOptions): Promise<string> {
    return this.#login(loginByCode, client, options)
  }

  /** A first refresh token, as somebody gets it for a device. */
  loginByDevice(client: Client, options?: RequesterOptions): Promise<string> {
    return this.#login(loginByDevice, client, options)
  }

  async #login(
    logIn: (login: Login) => Promise<string>,
    client: Client,
    options?: RequesterOptions,
  ): Promise<string> {
    const requester = this.requester(client, options)
    try {
      return await logIn({
        issuer: this.issuer,
        tokenEndpoint: client.certificate
          ? this.mtlsTokenEndpoint
          : this.tokenEndpoint,
        clientId: client.id,
        account: ACCOUNT,
        scope: SCOPE,
        requester,
      })
    } finally {
      await requester.close()
    }
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
    let admitted: IncomingMessage
    try {
      admitted = await this.#federation.pass(request, this.issuer)
    } catch (error) {
      this.refusals.push(String(error))
      sendJson(response, 401, { error: 'invalid_client' })
      return
    }
    await this.#running().callback()(admitted, response)
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
    if (presented !== undefined) {
      this.refreshes += 1
      this.#usedRefreshTokens.add(presented)
    }
    for (const name of ['access_token', 'refresh_token', 'id_token']) {
      const token = reply[name]
      if (token !== undefined && !this.issued.includes(token)) {
        this.issued.push(token)
      }
    }
  }
}

// On its own: npm run stand-in:oauth -- [port]
if (import.meta.main) {
  const server = new AuthorizationServer()
  await server.start(Number(process.argv[2] ?? 0))
  console.log(server.issuer)
}
