import type { Failure } from './errors.ts'
import type { SecretValue } from './secret-value.ts'

/** The authorization server, for one client and one kind of token request. */
export interface AuthorizationServer {
  /**
   * Finds out everything that a refresh needs. Spends nothing and may be called
   * again.
   *
   * @throws RotationError `unchanged`
   */
  prepare(): Promise<void>
  /**
   * Sends one refresh request and says what is known about its effect. Never
   * repeats the request and never throws: a second use of a refresh token can be
   * taken for a replay, and the server then revokes the newest one too.
   *
   * @see https://www.rfc-editor.org/rfc/rfc6749.html#section-6
   * @see https://www.rfc-editor.org/rfc/rfc9700.html#section-4.14.2
   */
  refresh(refreshToken: SecretValue): Promise<RefreshResult>
}

export interface IssuedTokens {
  /** Absent when the server returned none; the stored one stays in force. */
  readonly refreshToken?: SecretValue
  readonly accessToken?: SecretValue
  /** Lifetime of the access token, counted from `issuedAt`. */
  readonly expiresInSeconds?: number
  /** The server's own time of the reply, if it gave one. */
  readonly issuedAt?: Date
}

/**
 * What is known about the effect of one token request. `answer` is one clause
 * for people; it never holds anything of the request.
 */
export type RefreshResult =
  | {
      readonly kind: 'issued'
      readonly tokens: IssuedTokens
      /** What was wrong with the reply although it held tokens. */
      readonly defects: readonly string[]
    }
  /** Failed before the first byte of the request was written. */
  | { readonly kind: 'not-sent'; readonly answer: string }
  /** Refused before the server looked at the refresh token. */
  | {
      readonly kind: 'refused'
      readonly reason: 'client' | 'request' | 'limit'
      readonly answer: string
    }
  /** The refresh token is not accepted, for good. */
  | { readonly kind: 'dead'; readonly answer: string }
  /** The refresh token may have been spent. */
  | { readonly kind: 'in-doubt'; readonly answer: string }

export interface SecretMetadata {
  /** When the secret was last written; whole seconds. */
  readonly updatedAt: Date
  /** The store's own time of this answer. */
  readonly readAt: Date
}

/**
 * A value that only the secret store can open, with all that storing it takes.
 * Holds nothing secret, so it may be written down.
 */
export interface SealedSecret {
  readonly body: Readonly<Record<string, unknown>>
}

export type WriteResult =
  | { readonly kind: 'written'; readonly isNew: boolean }
  /** The store does not accept what was sealed: it may have another key now. */
  | { readonly kind: 'key-refused'; readonly failure: Failure }
  | { readonly kind: 'refused'; readonly failure: Failure }

/** One secret. A secret store never returns a value, so there is no read. */
export interface SecretPlace {
  /** As a person would name it. */
  readonly label: string
  /** Places in one scope share the key and the permission to write. */
  readonly scope: string
  /** What a person types to put a new value in place by hand. */
  readonly replaceCommand: string
  /**
   * Looks whether the secret exists and when it was written.
   *
   * @throws RotationError `unchanged`
   */
  inspect(): Promise<SecretMetadata | 'missing'>
  /** The same with one request that is not repeated: for when time is short. */
  inspectOnce(): Promise<SecretMetadata | 'missing'>
  /**
   * Gets everything that sealing and writing need: the scope's public key and
   * who may read the secret now.
   *
   * @throws RotationError `unchanged`
   */
  prepare(): Promise<void>
  /**
   * Proves that secrets can be written in this scope by writing and deleting
   * another one. Reading the public key proves less: it needs read permission.
   *
   * @throws RotationError `unchanged`
   */
  probe(): Promise<void>
  /** Seals a value for this place. Does not wait: the network is not asked. */
  seal(value: SecretValue): SealedSecret
  /**
   * Gets the scope's public key again.
   *
   * @throws RotationError
   */
  renewKey(): Promise<void>
  /** Writes what was sealed; repeats by itself what may be repeated. */
  write(sealed: SealedSecret): Promise<WriteResult>
}

/** The job that the rotation runs in. */
export interface Job {
  /** From here on the value must not show in the log of the job. */
  mask(value: SecretValue): void
  info(line: string): void
  warning(line: string): void
  /**
   * Leaves word for the post step, in case that this process does not live to
   * tell: from now on the refresh token may be spent.
   *
   * @param replaceCommand what a person types to put a new one in place
   */
  announceSpend(replaceCommand: string): void
  /** Takes that word back: this run knows, and says, what became of the token. */
  settleSpend(): void
}

/** The only source of time and chance. */
export interface System {
  /** Milliseconds since some fixed moment; never goes back. */
  monotonicMilliseconds(): number
  sleep(milliseconds: number): Promise<void>
  /** At least 0, less than 1. */
  random(): number
}
