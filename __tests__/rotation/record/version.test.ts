import { describe, expect, test } from '@jest/globals'

import type { StoredVersion } from '../../../src/rotation/record/stored-version.ts'
import { canonical } from '../../../src/runtime/canonical.ts'
import type { RotationRecord } from '../../../src/rotation/record/record.ts'
import {
  escrowVersion,
  holdsState,
  makeEscrow,
  openHeir,
  openState,
  signVersion,
  unverifiedIn,
} from '../../../src/rotation/record/version.ts'
import type { VersionContent } from '../../../src/rotation/record/stored-version.ts'
import { viewOf } from '../../../src/rotation/record/view.ts'
import { SecretValue } from '../../../src/rotation/tokens/secret-value.ts'
import { createKeyring } from '../../../src/runtime/token-keys.ts'

const time = new Date('2026-01-01T12:00:00.000Z')
const later = new Date('2026-01-01T12:00:01.000Z')

const binding = { host: 'github.com', recordId: 'the-id', place: ':/rt' }
const keyring = createKeyring(binding)
const token = new SecretValue('the-refresh-token-that-is-current')
const keys = keyring.of(token)
const successor = keyring.of(new SecretValue('the-refresh-token-that-is-next-'))
const another = keyring.of(new SecretValue('a-refresh-token-of-another-grant'))

const parent = 'a'.repeat(40)

const copy = {
  replaces: keys.id,
  sequence: 3,
  token: successor.id,
  sealed: { keyId: '1', encryptedValue: 'Ym94' },
  at: time,
}
const escrow = makeEscrow(copy, keys, successor)

const owner = {
  repository: 'acme/web',
  runId: '4711',
  attempt: '2',
  job: 'rotate',
  nonce: 'abcd',
}

const claim = {
  owner,
  heldSince: time,
  firstAt: time,
  updatedAt: time,
  fencedAt: time,
  coolUntil: time,
  isIndeterminate: true,
}

const least: RotationRecord = {
  phase: 'idle',
  sequence: 3,
  current: keys.id,
  spent: [],
  place: ':/rt',
  pendingPlaces: [],
  knowsIntrospection: false,
}

const whole: RotationRecord = {
  ...least,
  phase: 'blocked',
  spent: ['spent-2', 'spent-1'],
  pendingPlaces: ['a-place', 'another-place'],
  wrote: time,
  accessToken: { id: 'a', expiresAt: time },
  refreshTokenLifetime: { since: time, expiresAt: time, isAbsolute: true },
  grantSince: time,
  claim,
  restUntil: time,
  escrow,
  memory: {
    last: {
      outcome: 'failed',
      errorCode: 'PERMISSION_MISSING',
      credentialState: 'escrowed',
      at: time,
      durations: { run: 3, tokenRequest: 2, store: 1 },
      status: 200,
      runId: '4711',
      attempt: '2',
      event: 'schedule',
      actor: 'octocat',
      version: '1.0.0',
    },
    failures: 2,
    totals: { failed: 2, rotated: 1 },
  },
  block: {
    credentialState: 'escrowed',
    code: 'PERMISSION_MISSING',
    at: time,
    isOverridden: false,
  },
}

const handingOut: RotationRecord = {
  ...least,
  phase: 'claimed',
  claim: { ...claim, isIndeterminate: false, isForDistribution: true },
}

type Fields = Readonly<Record<string, unknown>>

/** As it comes back from the store. */
function at(
  content: unknown,
  place: { readonly parent?: string } = { parent },
): StoredVersion {
  const text = JSON.stringify(content)
  return { revision: 'the-version', ...place, content: JSON.parse(text) }
}

function signed(record: RotationRecord = whole): VersionContent {
  return signVersion(record, parent, keys)
}

/** The same, signed by the holder of the token, whatever is in it. */
function signedAs(fields: object): StoredVersion {
  return at(signVersion(fields as RotationRecord, parent, keys))
}

function withoutEscrow({ escrow: _, ...rest }: RotationRecord): object {
  return rest
}

describe('a state', () => {
  test.each([
    ['the least', least],
    ['everything', whole],
    ['a claim to distribute', handingOut],
  ])('comes back as it was signed: %s', (_, record) => {
    expect(openState(at(signed(record)), keys)).toEqual(withoutEscrow(record))
  })

  test('does not hang on the order of its fields', () => {
    const turned = Object.fromEntries(Object.entries(signed()).reverse())
    expect(openState(at(turned), keys)).toEqual(withoutEscrow(whole))
  })

  test.each([
    ['another token', another],
    [
      'the same token, of another record',
      createKeyring({ ...binding, recordId: 'other' }).of(token),
    ],
    [
      'the same token, for another secret',
      createKeyring({ ...binding, place: ':/other' }).of(token),
    ],
    [
      'the same token, on another GitHub',
      createKeyring({ ...binding, host: 'github.example' }).of(token),
    ],
  ])('says nothing to the holder of %s', (_, { id, state, spent }) => {
    expect(openState(at(signed()), { id, state })).toBeUndefined()
    // Not even if it claims to be of that token.
    expect(openState(at(signed()), { id: keys.id, state })).toBeUndefined()
    expect(spent).not.toBe(keys.spent)
  })

  test('is of its place: after another version it is nothing', () => {
    const content = signed()
    const elsewhere = { parent: 'b'.repeat(40) }
    expect(openState(at(content, elsewhere), keys)).toBeUndefined()
    expect(openState(at(content, {}), keys)).toBeUndefined()
  })

  test('is at its place as the first version, too', () => {
    const content = signVersion(least, undefined, keys)
    expect(openState(at(content, {}), keys)).toEqual(least)
    expect(openState(at(content), keys)).toBeUndefined()
  })
})

/** Of every kind of value, another one that is as well-formed. */
function changed(value: unknown): unknown {
  switch (typeof value) {
    case 'number':
      return value + 1
    case 'boolean':
      return !value
    case 'string':
      return value === time.toJSON() ? later.toJSON() : `${value}0`
    default:
      throw new TypeError('no leaf')
  }
}

/** The path of each value that has no others within. */
function leaves(value: unknown, path: readonly string[] = []): string[][] {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, field]) =>
        leaves(field, [...path, name]),
      )
    : [[...path]]
}

function replaceAt(
  value: unknown,
  [name, ...rest]: readonly string[],
  change: (value: unknown) => unknown,
): unknown {
  if (name === undefined) return change(value)
  const copy = structuredClone(value) as Record<string, unknown>
  copy[name] = replaceAt(copy[name], rest, change)
  return copy
}

describe('what a state is covered by', () => {
  const content = at(signed()).content as Fields
  const { escrow: _escrow, ...covered } = content
  const fields = leaves({ ...covered, more: { of: ['another version'] } })

  test('are all fields that there can be', () => {
    expect(Object.keys(covered).sort()).toEqual(
      [...Object.keys(withoutEscrow(whole)), 'version', 'mac'].sort(),
    )
    expect(fields.length).toBeGreaterThan(30)
  })

  test.each(fields.filter(([name]) => name !== 'more').map((path) => [path]))(
    '%j changed by somebody is not believed',
    (path) => {
      const altered = replaceAt(content, path, changed)
      expect(altered).not.toEqual(content)
      expect(openState(at(altered), keys)).toBeUndefined()
    },
  )

  test.each(Object.keys(covered))('nor is a state without %s', (name) => {
    const { [name]: _, ...rest } = content
    expect(openState(at(rest), keys)).toBeUndefined()
  })

  test('unknown fields, of a later version, too', () => {
    const more = { ...least, more: { of: ['another version', 1, null] } }
    const version = signedAs(more)
    expect(openState(version, keys)).toEqual(least)
    const { content: written } = version
    for (const path of [
      ['more', 'of', '0'],
      ['more', 'of', '1'],
    ]) {
      const altered = replaceAt(written, path, changed)
      expect(openState(at(altered), keys)).toBeUndefined()
    }
    const { more: _, ...rest } = written as Fields
    expect(openState(at(rest), keys)).toBeUndefined()
    expect(openState(at({ ...(written as Fields), yet: 1 }), keys)).toBe(
      undefined,
    )
  })

  test('not the sealed copy, which authenticates itself', () => {
    const other = makeEscrow({ ...copy, at: later }, keys, successor)
    for (const given of [undefined, other, 'junk', { ...escrow, token: 'x' }]) {
      const version = at({ ...content, escrow: given })
      expect(openState(version, keys)).toEqual(withoutEscrow(whole))
    }
    expect(openHeir(at({ ...content, escrow: other }), keys)).toMatchObject({
      escrow: other,
      lane: { id: successor.id },
    })
  })

  test.each([
    ['of another state', at(signed(least)).content],
    ['of none', { mac: '' }],
    ['of no text', { mac: 7 }],
  ])('the code %s does not fit', (_, other) => {
    const { mac } = other as Fields
    expect(openState(at({ ...content, mac }), keys)).toBeUndefined()
  })
})

test('what is remembered is covered, although nothing hangs on it', () => {
  const content = at(signed()).content as Fields
  const { memory: _, ...forgetful } = content
  const { memory, ...rest } = withoutEscrow(whole) as Partial<RotationRecord>
  expect(openState(at(content), keys)?.memory).toEqual(memory)
  expect(openState(at(forgetful), keys)).toBeUndefined()
  expect(
    openState(at({ ...content, memory: signed(least) }), keys),
  ).toBeUndefined()
  // Signed, it may be anything: the rest is as good as ever.
  const junk = signedAs({ ...whole, memory: { last: 'junk' } })
  expect(openState(junk, keys)).toEqual(rest)
})

/** Its own holder may have a later version, which writes other things. */
describe('a state is signed, but not understood', () => {
  test.each<[string, object]>([
    ['a phase that is none', { ...least, phase: 'blokked' }],
    ['a count that is none', { ...least, sequence: -3 }],
    ['a date that is none', { ...least, wrote: 'x2026-01-01T12:00:00.000Z' }],
    [
      'a lifetime without an end',
      { ...least, refreshTokenLifetime: { since: time, isAbsolute: true } },
    ],
    ['claimed without a claim', { ...least, phase: 'claimed' }],
    ['examining without a claim', { ...least, phase: 'examining' }],
    ['blocked without a reason', { ...least, phase: 'blocked' }],
    [
      'a claim without its owner',
      { ...handingOut, claim: { ...claim, owner: undefined } },
    ],
    [
      'an owner whose repository is a path',
      {
        ...handingOut,
        claim: { ...claim, owner: { ...owner, repository: '../web' } },
      },
    ],
    [
      'a claim to distribute that is indeterminate',
      { ...handingOut, claim: { ...claim, isForDistribution: true } },
    ],
    [
      'a claim to distribute that is neither',
      { ...handingOut, claim: { ...claim, isForDistribution: 1 } },
    ],
    ['no place', { ...least, place: '' }],
    [
      'more marks than anybody writes',
      { ...least, spent: Array(21).fill('a') },
    ],
    ['a version that is none', { ...least, version: 4 }],
  ])('%s', (_, fields) => {
    expect(openState(signedAs(fields), keys)).toBeUndefined()
  })

  test('a code of an error that is not known is one all the same', () => {
    const { block } = whole
    const version = signedAs({ ...whole, block: { ...block, code: 'NEWER' } })
    expect(openState(version, keys)?.block?.code).toBe('UNKNOWN')
  })
})

describe('a sealed copy alone', () => {
  test('is no state, and takes the record from nobody', () => {
    const version = at(escrowVersion(escrow))
    expect(holdsState(version)).toBe(false)
    expect(openState(version, keys)).toBeUndefined()
    expect(openHeir(version, keys)?.escrow).toEqual(escrow)
  })

  test('opens for the holder of the token that it replaces alone', () => {
    const version = at(escrowVersion(escrow))
    expect(openHeir(version, successor)).toBeUndefined()
    expect(openHeir(version, another)).toBeUndefined()
  })

  test('gives the key of its successor', () => {
    const heir = openHeir(at(escrowVersion(escrow)), keys)
    const next = { ...least, current: successor.id }
    const version = at(signVersion(next, parent, successor))
    if (heir === undefined) throw new Error('no heir')
    expect(openState(version, heir.lane)).toEqual(next)
  })

  test.each(leaves(at(escrow).content).map((path) => [path]))(
    '%j changed by somebody is not believed',
    (path) => {
      const altered = replaceAt(
        at(escrowVersion(escrow)).content,
        ['escrow', ...path],
        changed,
      )
      expect(openHeir(at(altered), keys)).toBeUndefined()
    },
  )
})

describe('versions 1 and 2', () => {
  const old = {
    phase: 'claimed',
    sequence: 3,
    salt: 'salt',
    current: 'fingerprint-3',
    pendingPlaces: [],
    knowsIntrospection: false,
    wrote: time,
    restUntil: later,
  }
  const one = {
    ...old,
    version: 1,
    previous: ['fingerprint-2'],
    claim: {
      owner,
      heldSince: time,
      firstAt: time,
      updatedAt: time,
      coolUntil: later,
      isInDoubt: false,
      isForHandOut: true,
    },
  }
  const two = { ...old, version: 2, superseded: ['fingerprint-2'], claim }

  test.each([
    ['1', one, later],
    ['2', two, time],
  ])('only make a run wait: %s', (_, record, coolUntil) => {
    const version = at(record)
    expect(openState(version, keys)).toBeUndefined()
    expect(unverifiedIn(version)).toEqual({
      claim: { owner, heldSince: time, coolUntil },
      restUntil: later,
      wrote: time,
      sequence: 3,
      spent: [],
    })
  })

  test.each([1, 2])('are not believed when they are signed: %i', (version) => {
    expect(openState(signedAs({ ...least, version }), keys)).toBeUndefined()
  })

  test('lose the copy that was in them', () => {
    const sealed = { keyId: '1', encryptedValue: 'Ym94' }
    const before = { replaces: 'fingerprint-3', token: 'fingerprint-4', sealed }
    expect(openHeir(at({ ...two, escrow: before }), keys)).toBeUndefined()
  })
})

describe('what is not verified', () => {
  test.each<[string, object]>([
    ['a time that is none', { restUntil: 'soon' }],
    ['a time that is a number', { wrote: 7 }],
    ['a count that is none', { sequence: 1.5 }],
    ['a count that is a text', { sequence: '7' }],
    ['marks that are none', { spent: [''] }],
    ['a claim of nobody', { phase: 'claimed', claim: { heldSince: time } }],
    [
      'a path for a repository',
      {
        phase: 'claimed',
        claim: { ...claim, owner: { ...owner, repository: 'a/../b' } },
      },
    ],
    [
      'a path for a run',
      {
        phase: 'claimed',
        claim: { ...claim, owner: { ...owner, runId: '1/2' } },
      },
    ],
    ['a claim without its phase', { phase: 'idle', claim }],
  ])('leaves out %s', (_, fields) => {
    expect(unverifiedIn(at(fields))).toEqual({ spent: [] })
  })

  test('is taken field by field', () => {
    const fields = {
      ...whole,
      phase: 'claimed',
      restUntil: 'soon',
      sequence: -1,
    }
    expect(unverifiedIn(at(fields))).toEqual({
      claim: { owner, heldSince: time, coolUntil: time },
      wrote: time,
      spent: ['spent-2', 'spent-1'],
    })
  })
})

describe('the canonical text', () => {
  test.each<[string, unknown, string]>([
    [
      'sorts names, at every depth',
      { b: { d: 1, c: 2 }, a: [] },
      '{"a":[],"b":{"c":2,"d":1}}',
    ],
    ['keeps the order of lists', [3, 1, 2], '[3,1,2]'],
    [
      'has ASCII only',
      'ä\u007f\u2028😀',
      '"\\u00e4\\u007f\\u2028\\ud83d\\ude00"',
    ],
    ['escapes what JSON does', '"\\\n', '"\\"\\\\\\n"'],
    ['is that of half a letter, too', '\ud83d', '"\\ud83d"'],
    ['leaves out what is not set', { a: undefined }, '{}'],
    [
      'is that of dates as they are written',
      { at: time },
      '{"at":"2026-01-01T12:00:00.000Z"}',
    ],
    ['of nothing', null, 'null'],
    [
      'of names of the language',
      JSON.parse('{"__proto__":1}'),
      '{"__proto__":1}',
    ],
    ['of numbers that mean the same', [1.0, 1e3, -0], '[1,1000,0]'],
  ])('%s', (_, value, text) => {
    expect(canonical(value)).toBe(text)
    expect(canonical(JSON.parse(text))).toBe(text)
  })

  test.each([0.5, 2 ** 53, -(2 ** 53), 1e300])(
    'is not there for %p, which others may write in another way',
    (number) => {
      expect(() => canonical({ number })).toThrow(TypeError)
    },
  )

  test.each<[unknown, unknown]>([
    [{ a: 1 }, { a: '1' }],
    [{ a: null }, {}],
    [['a', 'b'], ['a,b']],
    [{ 'a":1,"b': 2 }, { a: 1, b: 2 }],
  ])('tells %j from %j', (one, other) => {
    expect(canonical(one)).not.toBe(canonical(other))
  })
})

test('the holder of another token sees a record that says nothing to him', () => {
  const reader = { successor: undefined, now: time, graceSeconds: 0 }
  const versions = [at(signed({ ...handingOut, escrow }))]
  expect(viewOf(versions, { ...reader, keys }).lane?.record).toEqual({
    ...handingOut,
    escrow,
  })
  expect(viewOf(versions, { ...reader, keys: another })).toEqual({
    tip: 'the-version',
    isSpent: false,
    heirs: [],
    unverified: [
      {
        claim: { owner, heldSince: time, coolUntil: time },
        sequence: 3,
        spent: [],
      },
    ],
  })
})
