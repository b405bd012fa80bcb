import type { SecretValue } from './secret-value.ts'

/** Who holds a token can derive these; nobody else can, and none of them is the token. */
export interface TokenKeys extends LaneKey {
  /** Proves that its publisher held the token: published once that is replaced. */
  readonly spent: string
  /** Seals the key of the successor, for those who hold this token. */
  sealHeir(successor: StateKey, description: object): string
  /** Undefined for what was not sealed with this token and this description. */
  openHeir(sealed: string, description: object): StateKey | undefined
  /** Authenticates the journal between main and its post step. */
  readonly journal: AuthenticationKey
}

/** What it takes to write versions of the record that count. */
export interface LaneKey {
  /** Names the token in public. */
  readonly id: string
  readonly state: StateKey
}

/** Authenticates values by their canonical text. */
export interface AuthenticationKey {
  authenticate(message: object): string
  /** @throws TypeError for what has no canonical text */
  isAuthentic(message: object, code: string): boolean
}

export interface StateKey extends AuthenticationKey {
  /** Names a place so that it means nothing to others. */
  nameOf(place: string): string
}

/** Derives the keys of tokens for one record and one secret. */
export interface Keyring {
  of(token: SecretValue): TokenKeys
}
