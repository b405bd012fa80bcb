import { describe, expect, test } from '@jest/globals'

import { readContent, writeContent } from '../../src/github/record-text.ts'
import type { RotationRecord } from '../../src/rotation/record/record.ts'
import {
  escrowVersion,
  makeEscrow,
  signVersion,
} from '../../src/rotation/record/version.ts'
import type { VersionContent } from '../../src/rotation/record/stored-version.ts'
import { SymbolicKeyring } from '../support/symbolic-keyring.ts'

const time = new Date('2026-01-01T12:00:00.000Z')
const keyring = new SymbolicKeyring()
const keys = keyring.named('token')

const claim = {
  owner: {
    repository: 'acme/web',
    runId: '4711',
    attempt: '2',
    job: 'rotate',
    nonce: 'abcd',
  },
  heldSince: time,
  firstAt: time,
  updatedAt: time,
  coolUntil: time,
  isIndeterminate: true,
}

const least: RotationRecord = {
  phase: 'idle',
  sequence: 3,
  current: keys.id,
  spent: ['spent-2', 'spent-1'],
  place: 'repository:/rt',
  pendingPlaces: [],
  knowsIntrospection: false,
}

const handingOut: RotationRecord = {
  ...least,
  phase: 'claimed',
  claim: { ...claim, isIndeterminate: false, isForDistribution: true },
}

const escrow = makeEscrow(
  {
    replaces: keys.id,
    sequence: 3,
    token: 'successor',
    sealed: { keyId: '1', encryptedValue: 'Ym94' },
    at: time,
  },
  keys,
  keyring.named('successor'),
)

const blocked: RotationRecord = {
  ...least,
  phase: 'blocked',
  // The end of a line to some, and not to git.
  place: 'repository:/rt\u2028',
  escrow,
  block: {
    credentialState: 'escrowed',
    code: 'PERMISSION_MISSING',
    at: time,
    isOverridden: false,
  },
}

function signed(record: RotationRecord): VersionContent {
  return signVersion(record, undefined, keys)
}

const contents: [string, VersionContent][] = [
  ['Idle: refresh token 3 is current', signed(least)],
  [
    'Claimed by run 4711, attempt 2, to refresh with refresh token 3',
    signed({ ...least, phase: 'claimed', claim }),
  ],
  [
    'Claimed by run 4711, attempt 2, to distribute an access token',
    signed(handingOut),
  ],
  [
    'Being examined by run 4711, attempt 2: what became of refresh token 3',
    signed({ ...least, phase: 'examining', claim }),
  ],
  [
    'Blocked at refresh token 3: escrowed (PERMISSION_MISSING)',
    signed(blocked),
  ],
  [
    'A sealed copy of a refresh token that could not be stored',
    escrowVersion(escrow),
  ],
]

test.each(contents)('the first line is for people: %s', (line, content) => {
  expect(writeContent(content).split('\n').slice(0, 2)).toEqual([line, ''])
})

test.each(contents)('%s comes back as it was', (_, content) => {
  const stored: unknown = JSON.parse(JSON.stringify(content))
  const text = writeContent(content)
  expect(readContent(text)).toEqual(stored)
  // git takes white space off the end.
  expect(readContent(text.trimEnd())).toEqual(stored)
})

describe('what stands behind the first empty line', () => {
  test.each([
    ['no JSON', 'Idle\n\nnothing'],
    ['nothing', 'Idle\n\n'],
    ['no body', 'Idle'],
    ['JSON in front of it', '{}'],
    ['JSON, and more', 'Idle\n\n{} and so on'],
    ['half of it', writeContent(signed(least)).slice(0, -10)],
    ['no text', 7],
    ['no message', undefined],
  ])('is nothing when it is %s', (_, message) => {
    expect(readContent(message)).toBeUndefined()
  })

  test.each([
    ['null', 'Idle\n\nnull', null],
    ['a list', 'Idle\n\n[1]', [1]],
    ['another version', '\n\n{"version":9}', { version: 9 }],
  ])('is told as it is when it is %s', (_, message, content) => {
    expect(readContent(message)).toEqual(content)
  })

  test('is not looked at when it is too much', () => {
    const [most, more] = [131_072, 131_073].map((length) => {
      const start = 'Idle\n\n{"a":"'
      return `${start}${'x'.repeat(length - start.length - 2)}"}`
    })
    expect(most).toHaveLength(131_072)
    expect(readContent(most)).toHaveProperty('a')
    expect(readContent(more)).toBeUndefined()
  })

  test('leaves room for the largest secret, sealed', () => {
    const encryptedValue = Buffer.alloc(48 * 1024 + 48).toString('base64')
    const large = { ...escrow, sealed: { keyId: '1', encryptedValue } }
    const spent = Array<string>(20).fill('a'.repeat(64))
    const content = signed({ ...blocked, spent, escrow: large })
    expect(readContent(writeContent(content))).toMatchObject({ escrow: {} })
  })
})
