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

import * as core from '@actions/core'

import type { Journal, JournalEntry } from '../rotation/ports.ts'

/** State of the step: where the journal is, while there may be one. */
export const JOURNAL_STATE = 'journal'

/**
 * The journal as a file in the runner's temporary folder, which outlives the
 * process and is wiped after the job. Everything here is synchronous: between
 * the last byte of a token reply and the rename nothing else may happen.
 */
export class JournalFile implements Journal {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  announce(): void {
    core.saveState(JOURNAL_STATE, this.#path)
  }

  write(entry: JournalEntry): void {
    const temporary = `${this.#path}.new`
    const file = openSync(temporary, 'w', 0o600)
    try {
      writeSync(file, JSON.stringify(entry))
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

  /** The post step's sign to a main process that may still be alive. */
  markPostStarted(): void {
    closeSync(openSync(this.#mark, 'w', 0o600))
  }

  /** What main has left; undefined when it left nothing. */
  read(): JournalEntry | undefined {
    if (!this.exists()) return undefined
    return JSON.parse(readFileSync(this.#path, 'utf8'), revive) as JournalEntry
  }

  get #mark(): string {
    return `${this.#path}.post`
  }
}

const times: ReadonlySet<string> = new Set([
  'updatedAt',
  'heldSince',
  'wrote',
  'expiresAt',
  'grantSince',
  'since',
])

/** Only this action writes the file, whole, and reads it in the same job. */
function revive(name: string, value: unknown): unknown {
  return times.has(name) ? new Date(String(value)) : value
}
