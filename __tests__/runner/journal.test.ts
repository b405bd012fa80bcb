import {
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import type { JournalEntry } from '../../src/rotation/ports.ts'
import { makeEscrow } from '../../src/rotation/record/version.ts'
import { SecretValue } from '../../src/rotation/tokens/secret-value.ts'
import { JournalFile } from '../../src/runner/journal.ts'
import { createKeyring } from '../../src/runtime/token-keys.ts'
import { testWithFileModes } from '../support/what-systems-can.ts'

const time = new Date('2026-01-01T12:00:00Z')

const keyring = createKeyring({
  host: 'github.com',
  recordId: 'the-id',
  place: 'repository:/rt',
})
const keys = keyring.of(new SecretValue('the-refresh-token-that-is-replaced'))
const successor = keyring.of(
  new SecretValue('the-refresh-token-that-is-issued'),
)

const entry: JournalEntry = {
  nonce: 'nonce',
  heir: makeEscrow(
    {
      replaces: keys.id,
      sequence: 3,
      token: successor.id,
      sealed: { keyId: '1', encryptedValue: 'Ym94' },
      at: time,
    },
    keys,
    successor,
  ),
  updatedAt: time,
  heldSince: time,
  wrote: time,
  accessToken: { id: 'a', expiresAt: time },
  refreshTokenLifetime: { since: time, expiresAt: time, isAbsolute: false },
  grantSince: time,
  pendingPlaces: ['a-place'],
}

let folder: string
let journal: JournalFile

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotate-token-journal-'))
  journal = new JournalFile(join(folder, 'journal.json'))
  process.env['GITHUB_STATE'] = join(folder, 'state')
  writeFileSync(process.env['GITHUB_STATE'], '')
})

afterEach(() => {
  rmSync(folder, { recursive: true })
  delete process.env['GITHUB_STATE']
})

test('is read as it was written, by another process', () => {
  expect(journal.read(keys.journal)).toBeUndefined()
  journal.write(entry, keys.journal)
  const other = new JournalFile(join(folder, 'journal.json'))
  expect(other.read(keys.journal)).toEqual(entry)
})

testWithFileModes('is for nobody else to read', () => {
  journal.write(entry, keys.journal)
  expect(statSync(join(folder, 'journal.json')).mode & 0o777).toBe(0o600)
})

test('is there as a whole or not at all', () => {
  journal.write(entry, keys.journal)
  // What a process leaves that dies while it writes the next one.
  writeFileSync(join(folder, 'journal.json.new'), '{"nonce":')
  expect(journal.read(keys.journal)).toEqual(entry)
  journal.write({ ...entry, nonce: 'another' }, keys.journal)
  expect(journal.read(keys.journal)?.nonce).toBe('another')
  expect(readdirSync(folder).sort()).toEqual(['journal.json', 'state'])
})

test('is gone when it is deleted, even twice', () => {
  journal.write(entry, keys.journal)
  journal.delete()
  journal.delete()
  expect(journal.exists()).toBe(false)
})

test('shows that the post step has begun', () => {
  expect(journal.hasPostStarted()).toBe(false)
  new JournalFile(join(folder, 'journal.json')).markPostStarted()
  expect(journal.hasPostStarted()).toBe(true)
})

describe('is as if it was not there', () => {
  type Fields = Record<string, unknown>

  /** Somebody writes to the file, who may have read it. */
  function change(alter: (written: Fields) => unknown): void {
    journal.write(entry, keys.journal)
    const path = join(folder, 'journal.json')
    const written = JSON.parse(readFileSync(path, 'utf8')) as Fields
    writeFileSync(path, JSON.stringify(alter(written)))
  }

  const another = {
    nonce: 'another',
    heir: { ...entry.heir, sealed: { keyId: '1', encryptedValue: 'AAAA' } },
    updatedAt: later(entry.updatedAt),
    heldSince: later(entry.heldSince),
    wrote: later(time),
    accessToken: { id: 'b', expiresAt: time },
    refreshTokenLifetime: { since: time, expiresAt: time, isAbsolute: true },
    grantSince: later(time),
    pendingPlaces: [],
  } satisfies Required<JournalEntry>

  function later(date: Date): Date {
    return new Date(date.getTime() + 1000)
  }

  test.each(Object.entries(another))('with another %s', (name, value) => {
    change((written) => ({ ...written, [name]: value }))
    expect(journal.read(keys.journal)).toBeUndefined()
  })

  test.each(Object.keys(another))('without its %s', (name) => {
    change(({ [name]: _, ...written }) => written)
    expect(journal.read(keys.journal)).toBeUndefined()
  })

  test.each<[string, (written: Fields) => unknown]>([
    ['with a field more', (written) => ({ ...written, more: 1 })],
    ['with a code of nothing', (written) => ({ ...written, mac: '' })],
    ['with a code that is none', (written) => ({ ...written, mac: [] })],
    ['without a code', ({ mac: _, ...written }) => written],
    ['as a list', (written) => [written]],
    ['as nothing', () => null],
  ])('%s', (_, alter) => {
    change(alter)
    expect(journal.read(keys.journal)).toBeUndefined()
  })

  test('with the key of another token', () => {
    journal.write(entry, keys.journal)
    expect(journal.read(successor.journal)).toBeUndefined()
  })

  test('when its own key has signed what is no journal', () => {
    journal.write({ ...entry, nonce: 'no nonce' }, keys.journal)
    expect(journal.read(keys.journal)).toBeUndefined()
  })

  test('but not for the order of its fields', () => {
    change((written) => Object.fromEntries(Object.entries(written).reverse()))
    expect(journal.read(keys.journal)).toEqual(entry)
  })
})
