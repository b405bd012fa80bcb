import type { Failure } from './outcome/errors.ts'
import type {
  Escrow,
  KnownAccessToken,
  Lifetime,
  Owner,
} from './record/record.ts'
import type { StoredVersion, VersionContent } from './record/stored-version.ts'
import type { SealedSecret } from './tokens/sealed-secret.ts'
import type { SecretValue } from './tokens/secret-value.ts'
import type { AuthenticationKey, Keyring } from './tokens/token-keys.ts'

/** What introspection says of a refresh token, in the words of RFC 7662. */
export type Introspection = 'active' | 'inactive' | 'unknown'

/** The authorization server, for one client and one kind of token request. */
export interface AuthorizationServer {
  /**
   * Finds out everything that a refresh needs. Spends nothing; may be called again.
   *
   * @throws RotationError `unchanged`
   */
  prepare(): Promise<void>
  /**
   * Sends one refresh request and says what is known about its effect. Never throws,
   * and never repeats it: a second use can count as a replay, on which the server
   * revokes the newest token too.
   *
   * @see https://www.rfc-editor.org/rfc/rfc6749.html#section-6
   * @see https://www.rfc-editor.org/rfc/rfc9700.html#section-4.14.2
   */
  refresh(refreshToken: SecretValue): Promise<RefreshResult>
  /**
   * Asks whether a refresh token would be accepted, without using it. Never throws.
   * "Inactive" counts only from a server that has said "active": some know only access
   * tokens and call every refresh token inactive.
   *
   * @see https://www.rfc-editor.org/rfc/rfc7662.html
   */
  introspect(refreshToken: SecretValue): Promise<Introspection>
  /** An access token for the client itself, without a grant. Never throws. */
  requestClientCredentials(): Promise<IssuedTokens | undefined>
}

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
  readonly refreshTokenExpiresAt?: Date
  /** The server's own time of the reply, if it sent one. */
  readonly issuedAt?: Date
}

/** `answer` is one clause for people; it never contains anything of the request. */
export type RefreshResult = {
  /** Of the HTTP reply, if there was one. */
  readonly status?: number
} & (
  | {
      readonly kind: 'issued'
      readonly tokens: IssuedTokens
      /** What was wrong with the reply although it contained tokens. */
      readonly defects: readonly string[]
    }
  /** Failed before the first byte of the request was written. */
  | { readonly kind: 'not-sent'; readonly answer: string }
  /** Refused before the server looked at the refresh token. */
  | {
      readonly kind: 'refused'
      /** `nonce`: repeat the request with the nonce of this answer. */
      readonly reason: 'client' | 'request' | 'limit' | 'nonce'
      readonly answer: string
      /** When the server may be asked again, if it says so. */
      readonly retryAfterSeconds?: number
    }
  /** The refresh token is no longer accepted, for good. */
  | { readonly kind: 'invalid-grant'; readonly answer: string }
  /** The refresh token may have been spent. */
  | { readonly kind: 'indeterminate'; readonly answer: string }
)

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
  /** The store does not accept what was sealed: its key may have changed. */
  | { readonly kind: 'key-refused'; readonly failure: Failure }
  | { readonly kind: 'refused'; readonly failure: Failure }

/** One secret. A secret store never returns a value, so there is no read. */
export interface SecretPlace {
  /** One spelling for each secret; identifies it in the record. */
  readonly id: string
  /** Human-readable. */
  readonly label: string
  /** Places in one store share the key and the permission to write. */
  readonly store: string
  /** The command with which a person stores a new value. */
  readonly replaceCommand: string
  /** The command with which a person stores a sealed value. */
  restoreCommand(sealed: SealedSecret): string
  /** @throws RotationError `unchanged` */
  inspect(): Promise<SecretMetadata | 'missing'>
  /** The same with a single attempt, for when time is short. */
  inspectOnce(): Promise<SecretMetadata | 'missing'>
  /**
   * Fetches what sealing and writing need: the store's public key and the visibility.
   *
   * @throws RotationError `unchanged`
   */
  prepare(): Promise<void>
  /**
   * The part of {@link prepare} that a write of a sealed value needs: the visibility.
   *
   * @throws RotationError `unchanged`
   */
  prepareWrite(): Promise<void>
  /**
   * Writes another secret as a proof: reading the public key needs read permission
   * only.
   *
   * @throws RotationError `unchanged`
   */
  probe(): Promise<void>
  /**
   * @throws RotationError `unchanged` when what {@link probe} wrote cannot be deleted
   */
  removeProbe(): Promise<void>
  /** Synchronous: sends nothing. */
  seal(value: SecretValue): SealedSecret
  /** @throws RotationError when the store's public key cannot be fetched again */
  renewKey(): Promise<void>
  /** Whether this can no longer be opened. Never throws: false when unknown. */
  isSealedForOldKey(sealed: SealedSecret): Promise<boolean>
  /**
   * Writes what was sealed; repeats by itself what may be repeated.
   *
   * @param mayRepeat asked before each repetition: a newer value may have been written
   */
  write(
    sealed: SealedSecret,
    mayRepeat: () => Promise<boolean>,
  ): Promise<WriteResult>
}

export type MoveResult =
  | { readonly kind: 'moved'; readonly revision: string }
  /** The version to be replaced is no longer the newest. */
  | { readonly kind: 'refused' }
  /** It is unknown whether the record was written. */
  | { readonly kind: 'unreachable'; readonly failure: Failure }

/** Where the record is kept: one register with compare-and-swap. */
export interface RecordStore {
  /**
   * Reads from the newest version on, each the parent of the one before. Empty when
   * there is none.
   *
   * @param isEnough asked for each version; nothing before it is read then
   * @throws RotationError `unchanged`
   */
  read(
    isEnough: (version: StoredVersion) => boolean,
  ): Promise<readonly StoredVersion[]>
  /**
   * Compare-and-swap. Checks the outcome after an unclear answer. Never throws.
   *
   * @param from the newest version; undefined when there is none
   */
  move(from: string | undefined, to: VersionContent): Promise<MoveResult>
  /** Prepares this very `move`. Never throws; returns what failed, if anything. */
  prepare(
    from: string | undefined,
    to: VersionContent,
  ): Promise<Failure | undefined>
}

/** What GitHub knows of runs. Needs `actions: read`; never throws. */
export interface Runs {
  /** When the first attempt of this run was created. */
  readCreation(): Promise<Date | undefined>
  hasEnded(owner: Owner): Promise<'ended' | 'running' | 'unknown'>
}

/** What main leaves for the post step; holds no token. */
export interface JournalEntry {
  readonly nonce: string
  /** The sealed copy, as it goes into escrow where it cannot be stored. */
  readonly heir: Escrow
  /** When the secret was last written, as seen at the claim. */
  readonly updatedAt: Date
  /** When the record was last confirmed to be ours. */
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
  /** Tells the post step that there may be something to finish. */
  announce(): void
  /**
   * Waits for the disk; the entry is either complete or absent.
   *
   * @param key so that the post step can tell that main has written it
   */
  write(entry: JournalEntry, key: AuthenticationKey): void
  delete(): void
  /** The post step has begun while this process is still alive. */
  hasPostStarted(): boolean
}

export interface Job {
  /**
   * From here on the value must not appear in the log of the job. One that is too short
   * to be masked is warned of.
   *
   * @param name what the warning calls it, at the beginning of a sentence
   */
  mask(value: SecretValue, name: string): void
  info(line: string): void
  notice(line: string): void
  warning(line: string): void
  isCancelled(): boolean
  /** Resolves on cancellation, otherwise never. */
  whenCancelled(): Promise<void>
}

/** A moment, by both clocks of the machine. */
export interface Mark {
  readonly monotonicMilliseconds: number
  readonly wallMilliseconds: number
}

/** The only source of time and randomness. */
export interface System {
  /** The servers' time; the runner's own may be wrong by hours. */
  serverNow(): Date
  /** Since the process began. */
  elapsedMilliseconds(): number
  mark(): Mark
  /** By the clock that shows more: one of them may stop while the machine is frozen. */
  millisecondsSince(mark: Mark): number
  sleep(milliseconds: number): Promise<void>
  /** At least 0, less than 1. */
  random(): number
  randomHex(bytes: number): string
}

export interface Ports {
  readonly authorizationServer: AuthorizationServer
  readonly healthCheck?: HealthCheck
  readonly records: RecordStore
  readonly runs: Runs
  readonly journal: Journal
  readonly job: Job
  readonly system: System
  readonly keyring: Keyring
}
