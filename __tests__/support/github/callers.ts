import type { Clock } from '../clock.ts'
import { answerIfAllowed } from './access.ts'
import { error, type Answer, type ApiRequest } from './answer.ts'
import { answerAppRequest, isForApps, type TokenOrder } from './apps-api.ts'
import {
  createApp,
  makeInstallationToken,
  type App,
  type Installation,
  type MintedToken,
  type NewApp,
} from './apps.ts'
import { readAppToken } from './app-jwt.ts'
import {
  describeRefusal,
  describeToken,
  isPersonal,
  requirePossible,
  type Credential,
} from './credential.ts'
import type { Everything } from './everything.ts'
import { LimitCounter, type Limits } from './limits.ts'

type Anonymous = Omit<ApiRequest, 'kind'>

type KnownToken = Credential & {
  readonly limits: LimitCounter
  readonly installation?: Installation
}

const HOUR = 3_600_000

/** Everybody whom GitHub knows, by token, and how much each has asked for. */
export class Callers {
  readonly #clock: Clock
  readonly #everything: Everything
  readonly #tokens = new Map<string, KnownToken>()
  readonly #apps = new Map<string, App>()
  readonly mintedTokens: MintedToken[] = []
  refusedForLimits = 0

  constructor(clock: Clock, everything: Everything) {
    this.#clock = clock
    this.#everything = everything
  }

  addToken(token: string, credential: Credential, limits: Limits): void {
    requirePossible(credential)
    this.#tokens.set(token, {
      ...credential,
      limits: new LimitCounter(this.#clock, limits),
    })
  }

  revokeToken(token: string): void {
    this.#tokens.delete(token)
  }

  addApp(app: NewApp): App {
    const added = createApp(app, this.#apps.size, this.#clock)
    this.#apps.set(app.clientId, added)
    return added
  }

  /** @param authorization the header, as it came */
  answer(request: Anonymous, authorization = ''): Answer {
    const [, scheme = '', token = ''] =
      /^(token|bearer) (.+)$/i.exec(authorization) ?? []
    const known = this.#find(token)
    const isApp = known === undefined && token.startsWith('eyJ')
    if (isApp || isForApps(request.operation.id)) {
      // GitHub takes a JWT by the one scheme only.
      return this.#answerApp(request, /bearer/i.test(scheme) ? token : '')
    }
    if (known === undefined) return error(401, 'Bad credentials')
    return this.#limited(request, known.limits, describeToken(known), () =>
      this.#answerBearer(request, token, known),
    )
  }

  #find(token: string): KnownToken | undefined {
    const known = this.#tokens.get(token)
    const { expiresAt } = known ?? {}
    return expiresAt && expiresAt <= this.#clock.now() ? undefined : known
  }

  #answerBearer(request: Anonymous, token: string, known: KnownToken): Answer {
    const { kind } = known
    if (known.installation?.isSuspended) {
      return error(403, 'This installation has been suspended')
    }
    if (request.operation.id !== 'apps/revoke-installation-access-token') {
      return answerIfAllowed({ ...request, kind }, known, this.#everything)
    }
    if (isPersonal(kind)) return error(403, describeRefusal(kind))
    this.revokeToken(token)
    for (const minted of this.mintedTokens) {
      if (minted.token === token) minted.revokedAt = this.#clock.now()
    }
    return { status: 204 }
  }

  #answerApp(request: Anonymous, token: string): Answer {
    const read = readAppToken(token, this.#apps, this.#clock.now())
    if ('refusal' in read) return read.refusal
    const { app } = read
    return this.#limited(request, app.limits, {}, () =>
      isForApps(request.operation.id)
        ? answerAppRequest(
            request,
            app,
            this.#everything.repositories,
            (order) => this.#mint(order),
          )
        : // An App has nothing of its own: it has to ask for a token first.
          error(403, describeRefusal('installation')),
    )
  }

  #mint({ app, installation, permissions, repositories }: TokenOrder): {
    token: string
    expiresAt: Date
  } {
    const token = makeInstallationToken(app.id, this.mintedTokens.length)
    const end = this.#clock.now().getTime() + HOUR
    const expiresAt = new Date(Math.floor(end / 1000) * 1000)
    const account = installation.account.toLowerCase()
    this.mintedTokens.push({ token, permissions, repositories })
    this.#tokens.set(token, {
      kind: 'installation',
      permissions,
      repositories:
        repositories === 'all'
          ? [...this.#everything.repositories.keys()].filter((name) =>
              name.startsWith(`${account}/`),
            )
          : repositories,
      organizations: [account],
      expiresAt,
      limits: installation.limits,
      installation,
    })
    return { token, expiresAt }
  }

  /** Counts a request, and answers it if that is within the limits. */
  #limited(
    { method }: Anonymous,
    limits: LimitCounter,
    headers: Readonly<Record<string, string>>,
    answer: () => Answer,
  ): Answer {
    const verdict = limits.count(method)
    const all = { ...headers, ...verdict.headers }
    if (verdict.refusal !== undefined) {
      this.refusedForLimits += 1
      return error(verdict.refusal.status, verdict.refusal.message, all)
    }
    const answered = answer()
    return { ...answered, headers: { ...all, ...answered.headers } }
  }
}
