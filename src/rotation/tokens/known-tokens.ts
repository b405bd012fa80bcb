import { readExpiry } from './jwt.ts'
import type { Rotation } from '../rotation.ts'
import { lifetimeOf, expiryWarning } from './lifetime.ts'
import type { IssuedTokens, System } from '../ports.ts'
import type {
  KnownAccessToken,
  Lifetime,
  RotationRecord,
} from '../record/record.ts'
import type { SecretValue } from './secret-value.ts'
import { formatTime } from '../outcome/time.ts'

/** An access token and, if anybody knows, how long it is good. */
export interface AccessToken {
  readonly token: SecretValue
  readonly expiresAt?: Date
}

interface Issuance {
  readonly expiresInSeconds?: number | undefined
  readonly issuedAt?: Date
}

/** What this run knows of the tokens: how long each of them is good. */
export class KnownTokens {
  readonly #rotation: Rotation
  readonly #system: System
  #record: RotationRecord | undefined
  #stored: AccessToken | undefined
  #isStoredLast = false
  #issued: AccessToken | undefined
  #life: Lifetime | undefined

  constructor(rotation: Rotation, system: System) {
    this.#rotation = rotation
    this.#system = system
    const { storedAccessToken } = rotation
    if (storedAccessToken) this.#stored = { token: storedAccessToken }
  }

  /** The access token that this run was issued. */
  get issued(): AccessToken | undefined {
    return this.#issued
  }

  /** When the refresh token expires, if that is known. */
  get refreshTokenExpiresAt(): Date | undefined {
    return this.#life?.expiresAt
  }

  /** Takes note of the record, which may know the stored access token. */
  learn(record: RotationRecord | undefined): void {
    this.#record = record ?? this.#record
    this.#life = record?.refreshTokenLifetime ?? this.#life
    const { storedAccessToken: token } = this.#rotation
    if (token === undefined) return
    const known = record?.accessToken
    const isKnown =
      record !== undefined &&
      known?.fingerprint === this.#system.fingerprint(token, record.salt)
    this.#isStoredLast = isKnown
    const expiresAt = isKnown ? known.expiresAt : readExpiry(token)
    this.#stored = { token, ...(expiresAt && { expiresAt }) }
  }

  /** Takes note of the tokens that were issued, and says what to remember. */
  know(tokens: IssuedTokens): {
    accessToken?: KnownAccessToken
    refreshTokenLifetime?: Lifetime
    grantSince?: Date
  } {
    // The servers' clocks, never the runner's: it may be wrong by hours.
    const issuedAt = tokens.issuedAt ?? this.#system.serverNow()
    const { lifetimes } = this.#rotation
    const grantSince = this.#record?.grantSince ?? issuedAt
    const refreshTokenLifetime = lifetimeOf(
      issuedAt,
      grantSince,
      lifetimes,
      tokens.refreshTokenExpiresAt,
    )
    this.#life = refreshTokenLifetime ?? this.#life
    const accessToken = this.#knowAccessToken(tokens, issuedAt)
    return {
      ...(accessToken && { accessToken }),
      ...(refreshTokenLifetime && { refreshTokenLifetime }),
      ...(lifetimes.absoluteSeconds !== undefined && { grantSince }),
    }
  }

  #knowAccessToken(
    { accessToken: token, expiresInSeconds }: IssuedTokens,
    issuedAt: Date,
  ): KnownAccessToken | undefined {
    if (token === undefined) return undefined
    this.#issued = this.toKnown(token, { expiresInSeconds, issuedAt })
    const { expiresAt } = this.#issued
    return expiresAt && this.#record
      ? {
          fingerprint: this.#system.fingerprint(token, this.#record.salt),
          expiresAt,
        }
      : undefined
  }

  toKnown(
    token: SecretValue,
    { expiresInSeconds, issuedAt = this.#system.serverNow() }: Issuance,
  ): AccessToken {
    const expiresAt =
      expiresInSeconds === undefined
        ? readExpiry(token)
        : new Date(issuedAt.getTime() + expiresInSeconds * 1000)
    return { token, ...(expiresAt && { expiresAt }) }
  }

  /** The stored access token, unless it has expired or nobody knows. */
  usableStored(): AccessToken | undefined {
    return this.#storedFor(0)
  }

  /** The stored access token, if it is good for long enough. */
  goodStored(): AccessToken | undefined {
    return this.#storedFor(this.#rotation.minimumValiditySeconds)
  }

  /** The same, if none was issued after it. */
  goodLast(): AccessToken | undefined {
    return this.#isStoredLast ? this.goodStored() : undefined
  }

  /** The stored access token does not work, whatever is known of it. */
  distrustStored(): void {
    this.#stored = undefined
  }

  #storedFor(seconds: number): AccessToken | undefined {
    const expiresAt = this.#stored?.expiresAt
    if (expiresAt === undefined) return undefined
    const left = expiresAt.getTime() - this.#system.serverNow().getTime()
    return left > seconds * 1000 ? this.#stored : undefined
  }

  /** Says it while there is time when the refresh token is going to end. */
  expiryWarning(): string | undefined {
    return this.#life && expiryWarning(this.#life, this.#system.serverNow())
  }

  /** Says how a handed-out token compares with what was asked for. */
  validityWarning(): string | undefined {
    const { minimumValiditySeconds: asked } = this.#rotation
    const expiresAt = this.#issued?.expiresAt
    if (expiresAt === undefined) return undefined
    const left = Math.round(
      (expiresAt.getTime() - this.#system.serverNow().getTime()) / 1000,
    )
    return asked < left
      ? undefined
      : `'minimum-validity' is ${asked} s, but the access token lives for ${left} s only (until ${formatTime(expiresAt)}), so every run will rotate.`
  }
}
