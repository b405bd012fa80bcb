import type { Failure } from './outcome/errors.ts'
import type {
  KnownAccessToken,
  Lifetime,
  Owner,
  RecordVersion,
  RotationRecord,
} from './record/record.ts'
import type { SealedSecret } from './tokens/sealed-secret.ts'
import type { SecretValue } from './tokens/secret-value.ts'

/** What the authorization server says of a refresh token, in the words of RFC 7662. */
export type Introspection = 'active' | 'inactive' | 'unknown'

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
  /**
   * Asks whether a refresh token would be accepted, without using it. Never
   * throws. "Inactive" counts only for a server that was seen to say "active":
   * some know access tokens only and call every refresh token inactive.
   *
   * @see https://www.rfc-editor.org/rfc/rfc7662.html
   */
  introspect(refreshToken: SecretValue): Promise<Introspection>
  /**
   * Asks for an access token of the client itself, without a grant.
   *
   * @returns undefined when the server gives none. Never throws.
   */
  requestClientCredentials(): Promise<IssuedTokens | undefined>
}

/** Tries the new access token. */
export interface HealthCheck {
  /** @returns what is wrong with the token, if anything. Never throws. */
  check(accessToken: SecretValue): Promise<Failure | undefined>
}

export interface IssuedTokens {
  /** Absent when the server returned none; the stored one stays in force. */
  readonly refreshToken?: SecretValue
  readonly accessToken?: SecretValue
  /** Lifetime of the access token, counted from `issuedAt`. */
  readonly expiresInSeconds?: number
  /** When the refresh token expires, if the server says so. */
  readonly refreshTokenExpiresAt?: Date
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
      /** `nonce`: the same request with the nonce that came with the answer. */
      readonly reason: 'client' | 'request' | 'limit' | 'nonce'
      readonly answer: string
      /** When the server says that it may be asked again. */
      readonly retryAfterSeconds?: number
    }
  /** The refresh token is not accepted, for good. */
  | { readonly kind: 'invalid-grant'; readonly answer: string }
  /** The refresh token may have been spent. */
  | { readonly kind: 'indeterminate'; readonly answer: string }

export interface SecretMetadata {
  /** When the secret was last written; whole seconds. */
  readonly updatedAt: Date
  /** The store's own time of this answer. */
  readonly readAt: Date
}

export type WriteResult =
  | {
      readonly kind: 'written'
      readonly isNew: boolean
      /** The store's own time of the answer. */
      readonly at: Date
    }
  /** The store does not accept what was sealed: it may have another key now. */
  | { readonly kind: 'key-refused'; readonly failure: Failure }
  | { readonly kind: 'refused'; readonly failure: Failure }

/** One secret. A secret store never returns a value, so there is no read. */
export interface SecretPlace {
  /** One spelling for each secret; says which one it is in the record. */
  readonly id: string
  /** As a person would name it. */
  readonly label: string
  /** Places in one store share the key and the permission to write. */
  readonly store: string
  /** What a person types to put a new value in place by hand. */
  readonly replaceCommand: string
  /** What a person types to put a sealed value in place. */
  restoreCommand(sealed: SealedSecret): string
  /**
   * Looks whether the secret exists and when it was written.
   *
   * @throws RotationError `unchanged`
   */
  inspect(): Promise<SecretMetadata | 'missing'>
  /** The same with one request that is not repeated: for when time is short. */
  inspectOnce(): Promise<SecretMetadata | 'missing'>
  /**
   * Gets everything that sealing and writing need: the store's public key and
   * who may read the secret now.
   *
   * @throws RotationError `unchanged`
   */
  prepare(): Promise<void>
  /**
   * Gets what a write needs besides what was sealed: who may read the secret now.
   * A part of {@link prepare}.
   *
   * @throws RotationError `unchanged`
   */
  prepareWrite(): Promise<void>
  /**
   * Proves that secrets can be written in this store by writing another one.
   * Reading the public key proves less: it needs read permission only.
   *
   * @throws RotationError `unchanged`
   */
  probe(): Promise<void>
  /**
   * Deletes what {@link probe} has written.
   *
   * @throws RotationError `unchanged`
   */
  removeProbe(): Promise<void>
  /** Seals a value for this place. Does not wait: the network is not asked. */
  seal(value: SecretValue): SealedSecret
  /**
   * Gets the store's public key again.
   *
   * @throws RotationError
   */
  renewKey(): Promise<void>
  /**
   * Whether the store has another key now than the one that this was sealed for,
   * so that nobody can ever open it. Never throws: what cannot be found out is no.
   */
  isSealedForOldKey(sealed: SealedSecret): Promise<boolean>
  /**
   * Writes what was sealed; repeats by itself what may be repeated.
   *
   * @param mayRepeat asked before each repetition: meanwhile somebody else may
   * have written something newer
   */
  write(
    sealed: SealedSecret,
    mayRepeat: () => Promise<boolean>,
  ): Promise<WriteResult>
}

export type MoveResult =
  | { readonly kind: 'moved'; readonly version: RecordVersion }
  /** The version that was to be replaced is not the newest one. */
  | { readonly kind: 'refused' }
  /** Nobody knows whether the record was written. */
  | { readonly kind: 'unreachable'; readonly failure: Failure }

/** Where the record is kept: one lease with compare-and-swap. */
export interface RecordStore {
  /** @throws RotationError `unchanged` */
  read(): Promise<RecordVersion | undefined>
  /**
   * Replaces one version by the next, if it still is the newest. After an
   * unclear answer it looks what became of it. Never throws.
   */
  move(from: RecordVersion | undefined, to: RotationRecord): Promise<MoveResult>
  /**
   * Makes what `move` with these very arguments is going to need.
   *
   * @returns why that did not work, if it did not. Never throws.
   */
  prepare(
    from: RecordVersion | undefined,
    to: RotationRecord,
  ): Promise<Failure | undefined>
}

/** What GitHub knows of runs. Needs `actions: read`; never throws. */
export interface Runs {
  /** When this run was created, the first attempt of it. */
  readCreation(): Promise<Date | undefined>
  /** Whether the attempt that an owner belongs to has ended. */
  hasEnded(owner: Owner): Promise<'ended' | 'running' | 'unknown'>
}

/** What main leaves for the post step; holds no token. */
export interface JournalEntry {
  readonly nonce: string
  /** Fingerprints: of the token that was spent, and of the one issued for it. */
  readonly replaces: string
  readonly token: string
  readonly sealed: SealedSecret
  /** When the secret was last written, as seen at the claim. */
  readonly updatedAt: Date
  /** When the record was last known to be ours. */
  readonly heldSince: Date
  /** The server's time of the answer to the write of the secret. */
  readonly wrote?: Date
  readonly accessToken?: KnownAccessToken
  readonly refreshTokenLifetime?: Lifetime
  readonly grantSince?: Date
  readonly pendingPlaces: readonly string[]
}

/** A file that outlives the process, though not the machine. */
export interface Journal {
  /** Leaves word for the post step that there may be something to finish. */
  announce(): void
  /** Waits for the disk; the entry is whole or is not there. */
  write(entry: JournalEntry): void
  delete(): void
  /** The post step has begun, although this process is still alive. */
  hasPostStarted(): boolean
}

/** The job that the rotation runs in. */
export interface Job {
  /** From here on the value must not show in the log of the job. */
  mask(value: SecretValue): void
  info(line: string): void
  notice(line: string): void
  warning(line: string): void
  /** Whether somebody wants the job to end. */
  isCancelled(): boolean
  /** Waits until somebody does; for ever, if nobody does. */
  whenCancelled(): Promise<void>
}

/** A moment, by every clock that the machine has. */
export interface Mark {
  readonly monotonicMilliseconds: number
  readonly wallMilliseconds: number
}

/** The only source of time and chance. */
export interface System {
  /** The time that the servers tell; the runner's own may be wrong by hours. */
  serverNow(): Date
  mark(): Mark
  /**
   * How long ago that was, by the clock that says more: a machine that was frozen
   * may not count the time.
   */
  millisecondsSince(mark: Mark): number
  sleep(milliseconds: number): Promise<void>
  /** At least 0, less than 1. */
  random(): number
  randomHex(bytes: number): string
  /** Short and telling nothing; equal for equal tokens under one salt. */
  fingerprint(token: SecretValue, salt: string): string
}

/** The world around a rotation. */
export interface Ports {
  readonly authorizationServer: AuthorizationServer
  readonly healthCheck?: HealthCheck
  readonly records: RecordStore
  readonly runs: Runs
  readonly journal: Journal
  readonly job: Job
  readonly system: System
}
