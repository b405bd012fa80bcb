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
import type { Keyring } from './token-keys.ts'
import { formatTime } from '../outcome/time.ts'

/** An access token and, if known, when it expires. */
export interface AccessToken {
  readonly token: SecretValue
  readonly expiresAt?: Date
}

interface Issuance {
  readonly expiresInSeconds?: number | undefined
  readonly issuedAt?: Date
}

/** What this run knows of the tokens: how long each is valid. */
export class KnownTokens {
  readonly #rotation: Rotation
  readonly #system: System
  readonly #keyring: Keyring
  #record: RotationRecord | undefined
  #stored: AccessToken | undefined
  #isStoredLast = false
  #issued: AccessToken | undefined
  #life: Lifetime | undefined

  constructor(rotation: Rotation, system: System, keyring: Keyring) {
    this.#rotation = rotation
    this.#system = system
    this.#keyring = keyring
    const { storedAccessToken } = rotation
    if (storedAccessToken) this.#stored = { token: storedAccessToken }
  }

  get issued(): AccessToken | undefined {
    return this.#issued
  }

  get refreshTokenExpiresAt(): Date | undefined {
    return this.#life?.expiresAt
  }

  /** Learns from the record, which may know the stored access token. */
  learn(record: RotationRecord | undefined): void {
    this.#record = record ?? this.#record
    this.#life = record?.refreshTokenLifetime ?? this.#life
    const { storedAccessToken: token } = this.#rotation
    if (token === undefined) return
    const known = record?.accessToken
    const isKnown = known?.id === this.#keyring.of(token).id
    this.#isStoredLast = isKnown
    const expiresAt = isKnown ? known.expiresAt : readExpiry(token)
    this.#stored = { token, ...(expiresAt && { expiresAt }) }
  }

  /** Learns from the tokens that were issued, and returns what to remember. */
  know(tokens: IssuedTokens): {
    accessToken?: KnownAccessToken
    refreshTokenLifetime?: Lifetime
    grantSince?: Date
  } {
    // By the servers' clocks: the runner's may be wrong by hours.
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
    return expiresAt && { id: this.#keyring.of(token).id, expiresAt }
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

  /** The stored access token, unless it has expired or its expiry is unknown. */
  usableStored(): AccessToken | undefined {
    return this.#storedFor(0)
  }

  /** The stored access token, if it is valid for long enough. */
  goodStored(): AccessToken | undefined {
    return this.#storedFor(this.#rotation.minimumValiditySeconds)
  }

  /** The same, if it is the one issued last. */
  goodLast(): AccessToken | undefined {
    return this.#isStoredLast ? this.goodStored() : undefined
  }

  /** The stored access token does not work, whatever its expiry. */
  distrustStored(): void {
    this.#stored = undefined
  }

  #storedFor(seconds: number): AccessToken | undefined {
    const expiresAt = this.#stored?.expiresAt
    if (expiresAt === undefined) return undefined
    const left = expiresAt.getTime() - this.#system.serverNow().getTime()
    return left > seconds * 1000 ? this.#stored : undefined
  }

  /** Warns while there is time that the refresh token is going to expire. */
  expiryWarning(): string | undefined {
    return this.#life && expiryWarning(this.#life, this.#system.serverNow())
  }

  /** Compares the lifetime of the issued token with what was asked for. */
  validityWarning(): string | undefined {
    const { minimumValiditySeconds: asked } = this.#rotation
    const expiresAt = this.#issued?.expiresAt
    if (expiresAt === undefined) return undefined
    const left = Math.round(
      (expiresAt.getTime() - this.#system.serverNow().getTime()) / 1000,
    )
    return asked < left
      ? undefined
      : `'minimum-validity' is ${asked} s, but the access token lives for only ${left} s (until ${formatTime(expiresAt)}), so every run will rotate.`
  }
}
