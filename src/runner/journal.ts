import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'

import * as core from '@actions/core'

import { date, object, optional } from '../rotation/description.ts'
import type { Journal, JournalEntry } from '../rotation/ports.ts'
import {
  escrow,
  knownAccessToken,
  lifetime,
  places,
  word,
} from '../rotation/record/record-description.ts'
import type { AuthenticationKey } from '../rotation/tokens/token-keys.ts'

/** State of the step: where the journal is, while there may be one. */
export const JOURNAL_STATE = 'journal'

export function journalPath(folder: string, nonce: string): string {
  return join(folder, `rotate-token-${nonce}.json`)
}

/** Other steps can write the state between the steps, too. */
export function isJournalPath(folder: string, path: string): boolean {
  const [, nonce = ''] = /rotate-token-([\da-f]{16})\.json$/.exec(path) ?? []
  return nonce !== '' && path === journalPath(folder, nonce)
}

/**
 * The journal as a file in the runner's temporary folder, which outlives the process
 * and is wiped after the job. All of it is synchronous: nothing may happen between the
 * last byte of a token reply and the rename.
 */
export class JournalFile implements Journal {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  announce(): void {
    core.saveState(JOURNAL_STATE, this.#path)
  }

  write(entry: JournalEntry, key: AuthenticationKey): void {
    const temporary = `${this.#path}.new`
    const file = openSync(temporary, 'w', 0o600)
    try {
      const mac = key.authenticate(entry)
      writeSync(file, JSON.stringify({ ...entry, mac }))
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, this.#path)
  }

  delete(): void {
    rmSync(this.#path, { force: true })
    core.saveState(JOURNAL_STATE, '')
  }

  exists(): boolean {
    return existsSync(this.#path)
  }

  hasPostStarted(): boolean {
    return existsSync(this.#mark)
  }

  /** The post step's signal to a main process that may still be alive. */
  markPostStarted(): void {
    closeSync(openSync(this.#mark, 'w', 0o600))
  }

  /**
   * What main left; undefined when there is nothing readable, or somebody without the
   * token has written it.
   */
  read(key: AuthenticationKey): JournalEntry | undefined {
    try {
      const text = readFileSync(this.#path, 'utf8')
      const { mac, ...entry } = JSON.parse(text) as Record<string, unknown>
      return key.isAuthentic(entry, String(mac)) ? readEntry(entry) : undefined
    } catch {
      return undefined
    }
  }

  get #mark(): string {
    return `${this.#path}.post`
  }
}

/** Another version may have written it, so it is checked. */
const readEntry = object<JournalEntry>({
  nonce: word,
  heir: escrow,
  updatedAt: date,
  heldSince: date,
  wrote: optional(date),
  accessToken: optional(knownAccessToken),
  refreshTokenLifetime: optional(lifetime),
  grantSince: optional(date),
  pendingPlaces: places,
})
