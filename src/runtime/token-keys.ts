import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  scryptSync,
  timingSafeEqual,
} from 'node:crypto'

import { canonical } from './canonical.ts'
import type { SecretValue } from '../rotation/tokens/secret-value.ts'
import type {
  AuthenticationKey,
  Keyring,
  StateKey,
  TokenKeys,
} from '../rotation/tokens/token-keys.ts'

/** What the keys of a token are bound to: another record has other keys. */
export interface KeyBinding {
  /** The web host of this GitHub. */
  readonly host: string
  readonly recordId: string
  /** The secret; without owner and name where it is the running repository's. */
  readonly place: string
}

/** Stands in every derivation; another construction gets another name. */
const CONSTRUCTION = 'rotate-token/3'
const NAME_BYTES = 16
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** Shorter tokens can be guessed, so guessing is made expensive. */
const GUESSABLE_CHARACTERS = 32
/** Constants, never read from a record. 128 MiB, and about half a second. */
const SCRYPT = { N: 2 ** 17, r: 8, p: 1, maxmem: 2 ** 28 }

/**
 * Derives the keys of a token by HKDF with SHA-256: one for each purpose, so that what
 * is published for one of them says nothing about another.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5869.html
 */
export function createKeyring({ host, recordId, place }: KeyBinding): Keyring {
  const salt = createHash('sha256')
    .update([CONSTRUCTION, host, recordId, place].join('\0'))
    .digest()
  const known = new Map<string, TokenKeys>()
  return {
    of(token) {
      const text = token.reveal()
      const keys = known.get(text) ?? derive(token, salt)
      known.set(text, keys)
      return keys
    },
  }
}

function derive(token: SecretValue, salt: Buffer): TokenKeys {
  const text = token.reveal()
  const material =
    text.length < GUESSABLE_CHARACTERS
      ? scryptSync(text, salt, KEY_BYTES, SCRYPT)
      : Buffer.from(text)
  const expand = (purpose: string, bytes: number): Buffer =>
    Buffer.from(
      hkdfSync('sha256', material, salt, `${CONSTRUCTION} ${purpose}`, bytes),
    )
  const heir = expand('heir', KEY_BYTES)
  return {
    id: expand('id', NAME_BYTES).toString('hex'),
    spent: expand('spent', NAME_BYTES).toString('hex'),
    state: new RawStateKey(expand('state', KEY_BYTES)),
    journal: new HmacKey(expand('journal', KEY_BYTES)),
    sealHeir: (successor, description) =>
      seal(heir, RawStateKey.rawOf(successor), description),
    openHeir: (sealed, description) => {
      const opened = open(heir, sealed, description)
      return opened && new RawStateKey(opened)
    },
  }
}

class HmacKey implements AuthenticationKey {
  readonly #key: Buffer

  constructor(key: Buffer) {
    this.#key = key
  }

  authenticate(message: object): string {
    return this.digest('authenticate', canonical(message)).toString('hex')
  }

  isAuthentic(message: object, code: string): boolean {
    // As texts: what is decoded from hex may have been followed by anything.
    const expected = Buffer.from(this.authenticate(message))
    const given = Buffer.from(code)
    return given.length === expected.length && timingSafeEqual(given, expected)
  }

  /** @param purpose keeps what is authenticated apart from what is named */
  protected digest(purpose: string, message: string): Buffer {
    return createHmac('sha256', this.#key)
      .update(`${purpose}\0${message}`)
      .digest()
  }
}

class RawStateKey extends HmacKey implements StateKey {
  readonly #raw: Buffer

  constructor(raw: Buffer) {
    super(raw)
    this.#raw = raw
  }

  /** For the heir alone. */
  static rawOf(key: StateKey): Buffer {
    if (key instanceof RawStateKey) return key.#raw
    throw new TypeError('a key of another keyring')
  }

  nameOf(place: string): string {
    return this.digest('name', place).subarray(0, NAME_BYTES).toString('hex')
  }
}

function seal(key: Buffer, plain: Buffer, description: object): string {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(canonical(description)))
  return Buffer.concat([
    nonce,
    cipher.update(plain),
    cipher.final(),
    cipher.getAuthTag(),
  ]).toString('base64')
}

function open(
  key: Buffer,
  sealed: string,
  description: object,
): Buffer | undefined {
  const bytes = Buffer.from(sealed, 'base64')
  if (bytes.length !== NONCE_BYTES + KEY_BYTES + TAG_BYTES) return undefined
  const decipher = createDecipheriv(
    'aes-256-gcm',
    key,
    bytes.subarray(0, NONCE_BYTES),
    { authTagLength: TAG_BYTES },
  )
  decipher.setAAD(Buffer.from(canonical(description)))
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  try {
    return Buffer.concat([
      decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)),
      decipher.final(),
    ])
  } catch {
    return undefined
  }
}
