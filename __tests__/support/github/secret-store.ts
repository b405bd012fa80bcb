import { randomInt } from 'node:crypto'

import sodium from 'libsodium-wrappers'

import type { Clock } from '../clock.ts'

export interface StoredSecret {
  /** As it was opened out of its sealed box. */
  readonly value: string
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly visibility: string
  readonly selectedRepositoryIds: ReadonlySet<number>
}

export interface SecretBody {
  readonly key_id?: string
  readonly encrypted_value?: string
  readonly visibility?: string
  /** Some stores take digits as well. */
  readonly selected_repository_ids?: readonly (number | string)[]
}

interface KeyPair {
  readonly publicKey: Uint8Array
  readonly privateKey: Uint8Array
}

export type PutResult = 'created' | 'updated' | { readonly refusal: string }

await sodium.ready

/** The secrets of one scope, with the scope's own key pair. */
export class SecretStore {
  readonly #clock: Clock
  readonly #most: number
  readonly #visibility: string
  readonly secrets = new Map<string, StoredSecret>()
  keyId = ''
  /** Made when it is first needed: most stores are never asked for it. */
  #keyPair: KeyPair | undefined
  /** Secrets as they were before their last write; undefined: not there. */
  readonly #earlier = new Map<string, StoredSecret | undefined>()
  #laggingReads = 0

  /** @param visibility of secrets that are written without one */
  constructor(clock: Clock, most: number, visibility = '') {
    this.#clock = clock
    this.#most = most
    this.#visibility = visibility
    this.rotateKey()
  }

  /** Anything sealed for the key until now can no longer be opened. */
  rotateKey(): void {
    this.#keyPair = undefined
    this.keyId = String(randomInt(1e12, 9e12))
  }

  get #keys(): KeyPair {
    return (this.#keyPair ??= sodium.crypto_box_keypair())
  }

  get publicKey(): string {
    return toBase64(this.#keys.publicKey)
  }

  get(name: string): StoredSecret | undefined {
    return this.secrets.get(name.toUpperCase())
  }

  /** What the API answers about a secret; see {@link lagSecretReads}. */
  read(name: string): StoredSecret | undefined {
    const id = name.toUpperCase()
    if (this.#laggingReads > 0) {
      this.#laggingReads -= 1
      if (this.#earlier.has(id)) return this.#earlier.get(id)
    }
    return this.secrets.get(id)
  }

  /**
   * The next reads of single secrets are answered by a replica that has not
   * heard of the last write. Writes and runs get the true value.
   */
  lagSecretReads(count: number): void {
    this.#laggingReads = count
  }

  /** What a person does on the settings page. */
  set(
    name: string,
    value: string,
    access: Pick<SecretBody, 'visibility' | 'selected_repository_ids'> = {},
  ): void {
    const box = sodium.crypto_box_seal(
      sodium.from_string(value),
      this.#keys.publicKey,
    )
    this.put(name, {
      key_id: this.keyId,
      encrypted_value: toBase64(box),
      ...access,
    })
  }

  put(name: string, body: SecretBody): PutResult {
    if (body.key_id === undefined) {
      return { refusal: 'Invalid request.\n\n"key_id" wasn\'t supplied.' }
    }
    const value = this.#open(body)
    if (value === undefined) {
      return {
        refusal:
          'Bad request - validation failed due to an improperly encrypted secret',
      }
    }
    const id = name.toUpperCase()
    const before = this.secrets.get(id)
    if (before === undefined && this.secrets.size >= this.#most) {
      // GitHub's words for this are not documented; only the limit is.
      return { refusal: 'Validation Failed' }
    }
    const now = wholeSecond(this.#clock.now())
    this.#earlier.set(id, before)
    this.secrets.set(id, {
      value,
      createdAt: before?.createdAt ?? now,
      updatedAt: now,
      visibility: body.visibility ?? this.#visibility,
      // What is left out is cleared, as GitHub does it.
      selectedRepositoryIds: new Set(body.selected_repository_ids?.map(Number)),
    })
    return before === undefined ? 'created' : 'updated'
  }

  delete(name: string): boolean {
    const id = name.toUpperCase()
    this.#earlier.set(id, this.secrets.get(id))
    return this.secrets.delete(id)
  }

  #open({ key_id, encrypted_value = '' }: SecretBody): string | undefined {
    if (key_id !== this.keyId) return undefined
    try {
      return sodium.to_string(
        sodium.crypto_box_seal_open(
          sodium.from_base64(encrypted_value, sodium.base64_variants.ORIGINAL),
          this.#keys.publicKey,
          this.#keys.privateKey,
        ),
      )
    } catch {
      return undefined
    }
  }
}

function toBase64(bytes: Uint8Array): string {
  return sodium.to_base64(bytes, sodium.base64_variants.ORIGINAL)
}

/** GitHub's `updated_at` has whole seconds. */
function wholeSecond(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1000) * 1000)
}
