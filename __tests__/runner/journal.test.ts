import {
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from '@jest/globals'

import type { JournalEntry } from '../../src/rotation/ports.ts'
import { JournalFile } from '../../src/runner/journal.ts'
import { testWithFileModes } from '../support/what-systems-can.ts'

const time = new Date('2026-01-01T12:00:00Z')

const entry: JournalEntry = {
  nonce: 'nonce',
  replaces: 'fingerprint-0',
  token: 'fingerprint-1',
  sealed: { keyId: '1', encryptedValue: 'Ym94' },
  updatedAt: time,
  heldSince: time,
  wrote: time,
  accessToken: { fingerprint: 'a', expiresAt: time },
  refreshTokenLifetime: { since: time, expiresAt: time, isAbsolute: false },
  grantSince: time,
  pendingPlaces: ['repository:acme/web/at'],
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
  expect(journal.read()).toBeUndefined()
  journal.write(entry)
  expect(new JournalFile(join(folder, 'journal.json')).read()).toEqual(entry)
})

testWithFileModes('is for nobody else to read', () => {
  journal.write(entry)
  expect(statSync(join(folder, 'journal.json')).mode & 0o777).toBe(0o600)
})

test('is there as a whole or not at all', () => {
  journal.write(entry)
  // What a process leaves that dies while it writes the next one.
  writeFileSync(join(folder, 'journal.json.new'), '{"nonce":')
  expect(journal.read()).toEqual(entry)
  journal.write({ ...entry, nonce: 'another' })
  expect(journal.read()?.nonce).toBe('another')
  expect(readdirSync(folder).sort()).toEqual(['journal.json', 'state'])
})

test('is gone when it is deleted, even twice', () => {
  journal.write(entry)
  journal.delete()
  journal.delete()
  expect(journal.exists()).toBe(false)
})

test('shows that the post step has begun', () => {
  expect(journal.hasPostStarted()).toBe(false)
  new JournalFile(join(folder, 'journal.json')).markPostStarted()
  expect(journal.hasPostStarted()).toBe(true)
})
