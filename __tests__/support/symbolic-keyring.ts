import { createHash } from 'node:crypto'

import { canonical } from '../../src/runtime/canonical.ts'
import type { SecretValue } from '../../src/rotation/tokens/secret-value.ts'
import type {
  AuthenticationKey,
  Keyring,
  StateKey,
  TokenKeys,
} from '../../src/rotation/tokens/token-keys.ts'

/** What a heir's key is sealed in has this many bytes, whoever seals it. */
const SEALED_BYTES = 60

/**
 * Keys without cryptography: every name says which token it is of, and whoever wants to
 * forge has to write that name down. For what runs in memory, thousands of times.
 */
export class SymbolicKeyring implements Keyring {
  readonly #digest: (message: object) => string

  /** @param isBound whether a code is of one message, or of all that the key signs */
  constructor(isBound = true) {
    this.#digest = isBound
      ? (message) =>
          createHash('sha256')
            .update(canonical(message))
            .digest('hex')
            .slice(0, 8)
      : () => 'any'
  }

  of(token: SecretValue): TokenKeys {
    return this.named(token.reveal())
  }

  named(token: string): TokenKeys {
    const digest = this.#digest
    return {
      id: token,
      spent: spentMark(token),
      state: this.#state(token),
      journal: keyNamed(`journal of ${token}`, digest),
      sealHeir: (successor, description) =>
        sealNext(token, nameOfKey(successor), digest(description)),
      openHeir: (sealed, description) => {
        const [replaced, successor = '', seal] = openNext(sealed)
        return replaced === token && seal === digest(description)
          ? this.#state(successor)
          : undefined
      },
    }
  }

  #state(token: string): StateKey {
    const key = keyNamed(token, this.#digest)
    names.set(key, token)
    return Object.assign(key, {
      nameOf: (place: string) => place.replace(/\W/g, '_'),
    })
  }
}

export function spentMark(token: string): string {
  return `spent-${token}`
}

/** What the state's code looks like when a token's holder has signed it. */
export function codeOf(token: string, digest = 'any'): string {
  return `${digest} by ${token}`
}

export function sealNext(
  token: string,
  successor: string,
  digest = 'any',
): string {
  const text = `${token}|${successor}|${digest}|`
  return Buffer.from(text.padEnd(SEALED_BYTES)).toString('base64')
}

function openNext(sealed: string): string[] {
  return Buffer.from(sealed, 'base64').toString().split('|')
}

const names = new WeakMap<object, string>()

function nameOfKey(key: StateKey): string {
  const name = names.get(key)
  if (name === undefined) throw new TypeError('a key of another keyring')
  return name
}

function keyNamed(
  name: string,
  digest: (message: object) => string,
): AuthenticationKey & Pick<StateKey, 'nameOf'> {
  return {
    authenticate: (message) => codeOf(name, digest(message)),
    isAuthentic: (message, code) => code === codeOf(name, digest(message)),
    nameOf: (place) => place,
  }
}
