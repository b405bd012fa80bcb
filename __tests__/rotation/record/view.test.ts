import { beforeEach, describe, expect, test } from '@jest/globals'

import type { StoredVersion } from '../../../src/rotation/record/stored-version.ts'
import type {
  Escrow,
  RotationRecord,
} from '../../../src/rotation/record/record.ts'
import {
  escrowVersion,
  makeEscrow,
  signVersion,
} from '../../../src/rotation/record/version.ts'
import {
  isDecisive,
  viewOf,
  type Reader,
  type View,
} from '../../../src/rotation/record/view.ts'
import { InMemoryRecords } from '../../support/in-memory.ts'
import { spentMark, SymbolicKeyring } from '../../support/symbolic-keyring.ts'

/** Seconds from now on. */
function at(seconds: number): Date {
  return new Date(Date.parse('2026-01-01T12:00:00Z') + seconds * 1000)
}

const keyring = new SymbolicKeyring(true)
const mine = keyring.named('mine')
const next = keyring.named('next')

const reader: Reader = {
  keys: mine,
  successor: undefined,
  now: at(0),
  graceSeconds: 0,
}

const idle: RotationRecord = {
  phase: 'idle',
  sequence: 3,
  current: 'mine',
  spent: [spentMark('first')],
  place: 'store/RT',
  pendingPlaces: [],
  knowsIntrospection: false,
}

const owner = {
  repository: 'acme/web',
  runId: '1',
  attempt: '1',
  job: 'rotate',
  nonce: 'nonce-1',
}

const claimed: RotationRecord = {
  ...idle,
  phase: 'claimed',
  claim: {
    owner,
    heldSince: at(-10),
    firstAt: at(-10),
    updatedAt: at(-100),
    coolUntil: at(140),
    isIndeterminate: false,
  },
}

let records: InMemoryRecords

beforeEach(() => {
  records = new InMemoryRecords()
})

function write(record: RotationRecord): string {
  const keys = keyring.named(record.current)
  return records.append(signVersion(record, records.tip, keys))
}

function seal(copy: Partial<Escrow> = {}, replaced = mine): Escrow {
  return makeEscrow(
    {
      replaces: replaced.id,
      sequence: 3,
      token: next.id,
      sealed: { keyId: '1', encryptedValue: 'Ym94' },
      at: at(-5),
      ...copy,
    },
    replaced,
    next,
  )
}

function deposit(escrow: object): string {
  return records.append(escrowVersion(escrow as Escrow))
}

function view(changes: Partial<Reader> = {}): View {
  return viewOf(records.versions.toReversed(), { ...reader, ...changes })
}

/** What somebody has written who does not hold the token. */
const forged = { ...idle, version: 3, sequence: 900, mac: 'any by mine' }

describe('the lane', () => {
  test('is not there without a record', () => {
    expect(view()).toEqual({
      tip: undefined,
      isSpent: false,
      heirs: [],
      unverified: [],
    })
  })

  test('is the newest version that the holder of the token has signed', () => {
    write(idle)
    const revision = write(claimed)
    expect(view()).toEqual({
      tip: revision,
      isSpent: false,
      lane: { revision, record: claimed },
      heirs: [],
      unverified: [],
    })
  })

  test('lies below what others have written, which is told', () => {
    const revision = write(claimed)
    records.append({ ...forged, restUntil: at(30) })
    const tip = deposit({ by: 'hand' })
    expect(view()).toEqual({
      tip,
      isSpent: false,
      lane: { revision, record: claimed },
      heirs: [],
      unverified: [
        {
          restUntil: at(30),
          sequence: 900,
          spent: [spentMark('first')],
        },
      ],
    })
  })

  test('is not a version of another token, though its holder has signed it', () => {
    write({ ...claimed, current: 'another' })
    expect(view()).toMatchObject({ unverified: [{ claim: { owner } }] })
    expect(view().lane).toBeUndefined()
  })

  test('is not a version that its own signer says another token is current in', () => {
    const content = signVersion({ ...idle, current: 'next' }, undefined, mine)
    records.append(content)
    expect(view({ successor: next }).lane).toBeUndefined()
  })

  test('is not a version that was put to another place', () => {
    write(claimed)
    const [stored] = records.versions
    write(idle)
    records.append(stored?.content as object)
    // The claim of long ago keeps nobody away.
    expect(view()).toMatchObject({
      lane: { revision: '2', record: idle },
      unverified: [{ claim: { owner } }],
    })
  })

  test('is also what the holder of the successor has signed', () => {
    write(claimed)
    const record = { ...idle, current: 'next', sequence: 4 }
    const revision = write(record)
    expect(view().lane?.record).toEqual(claimed)
    expect(view({ successor: next }).lane).toEqual({ revision, record })
  })

  test('is what is newest, although the token of it has been marked before', () => {
    write({ ...idle, current: 'between', spent: [mine.spent] })
    write({ ...idle, spent: [spentMark('between'), mine.spent] })
    expect(view()).toMatchObject({ isSpent: false, lane: { revision: '2' } })
  })
})

describe('a mark', () => {
  test('says that the token has been replaced, whatever is below', () => {
    write(claimed)
    write({ ...idle, current: 'next', spent: [mine.spent] })
    expect(view()).toMatchObject({ tip: '2', isSpent: true })
    expect(view().lane).toBeUndefined()
  })

  test('counts between what others have written', () => {
    records.append(forged)
    write({ ...idle, current: 'next', spent: ['spent-a', mine.spent] })
    const tip = records.append({ phase: 'idle', wrote: at(-3) })
    expect(view()).toEqual({
      tip,
      isSpent: true,
      heirs: [],
      // With what lies below the mark, too: whoever marks hides nothing.
      unverified: [
        { spent: [], wrote: at(-3) },
        { spent: ['spent-a', mine.spent], sequence: 3 },
        { spent: [spentMark('first')], sequence: 900 },
      ],
    })
  })

  test.each([
    ['of another token', { spent: [next.spent] }],
    ['with one that is none', { spent: [mine.spent, 7] }],
    ['with more than anybody writes', { spent: Array(21).fill(mine.spent) }],
    ['elsewhere', { current: mine.spent, spent: mine.spent }],
  ])('%s says nothing', (_, fields) => {
    const revision = write(claimed)
    records.append({ ...forged, ...fields })
    expect(view()).toMatchObject({ isSpent: false, lane: { revision } })
  })
})

describe('an heir', () => {
  test('is believed in the version of the lane, and above it', () => {
    const within = seal({ at: at(-9) })
    const above = seal({ at: at(-8) })
    write({ ...claimed, escrow: within })
    records.append(forged)
    deposit(above)
    expect(view().heirs.map(({ escrow }) => escrow)).toEqual([above, within])
    expect(view().lane?.record.escrow).toEqual(above)
  })

  test('is the newest of two, wherever they stand', () => {
    const [older, newer] = [seal({ at: at(-9) }), seal({ at: at(-8) })]
    write(claimed)
    deposit(newer)
    deposit(older)
    expect(view().heirs.map(({ escrow }) => escrow)).toEqual([newer, older])
    expect(view().lane?.record.escrow).toEqual(newer)
  })

  test('gives the key with which its versions are signed', () => {
    write(claimed)
    deposit(seal())
    const [heir] = view().heirs
    const record = { ...idle, current: 'next', sequence: 4 }
    const revision = write(record)
    expect(view({ successor: heir?.lane }).lane).toEqual({ revision, record })
  })

  test('is believed without a record of its token', () => {
    deposit(seal())
    records.append(forged)
    expect(view().lane).toBeUndefined()
    expect(view().heirs).toHaveLength(1)
  })

  test('is not looked for below the lane', () => {
    deposit(seal())
    write(claimed)
    expect(view().heirs).toEqual([])
    expect(view().lane?.record).toEqual(claimed)
  })

  test.each([2, 4])('of sequence %i is of another time', (sequence) => {
    write(claimed)
    deposit(seal({ sequence }))
    expect(view().heirs).toEqual([])
    expect(view().lane?.record).toEqual(claimed)
  })

  test('does not survive the record that it was in, when it is put back', () => {
    const escrow = seal()
    write({ ...claimed, escrow })
    // The same token again, some rotations later.
    write({ ...idle, sequence: 5, spent: [next.spent] })
    deposit(escrow)
    expect(view().heirs).toEqual([])
    expect(view().lane?.record.escrow).toBeUndefined()
  })

  test('of a token that has become current is none for its successor', () => {
    write({ ...idle, current: 'next' })
    deposit(seal())
    expect(view({ successor: next })).toMatchObject({
      lane: { record: { current: 'next' } },
      heirs: [],
    })
  })

  const changes: Partial<Escrow> = {
    replaces: 'other',
    token: 'other',
    sealed: { keyId: '1', encryptedValue: 'AAAA' },
    at: at(-4),
    next: seal({ at: at(-4) }).next,
  }

  test.each(Object.entries(changes))(
    'is not believed with another %s',
    (name, value) => {
      write({ ...claimed, escrow: { ...seal(), [name]: value } })
      deposit({ ...seal(), [name]: value })
      expect(view().heirs).toEqual([])
      expect(view().lane?.record).toEqual(claimed)
    },
  )

  test('of another token is not believed', () => {
    write(claimed)
    deposit(seal({}, keyring.named('another')))
    expect(view().heirs).toEqual([])
  })

  test('that is gone is not reported as present', () => {
    const block = {
      credentialState: 'escrowed' as const,
      code: 'PERMISSION_MISSING' as const,
      at: at(-5),
      isOverridden: false,
    }
    const record = { ...claimed, phase: 'blocked' as const, block }
    write(record)
    expect(view().lane?.record.block).toEqual({
      ...block,
      credentialState: 'unknown',
    })
    deposit(seal())
    expect(view().lane?.record.block).toEqual(block)
  })

  test('takes the record from nobody', () => {
    write(claimed)
    deposit({ ...seal(), replaces: 'another' })
    expect(view().unverified).toEqual([])
  })
})

describe('a time of the lane', () => {
  const { claim } = claimed

  /** The longest that anybody waits, and a difference of clocks. */
  const farthest = 1860

  function seen(record: RotationRecord, graceSeconds = 0): RotationRecord {
    write(record)
    const { lane } = view({ graceSeconds })
    if (lane === undefined) throw new Error('no lane')
    return lane.record
  }

  function cooling(seconds: number): RotationRecord {
    if (claim === undefined) throw new Error('no claim')
    return { ...claimed, claim: { ...claim, coolUntil: at(seconds) } }
  }

  function held(seconds: number): RotationRecord {
    if (claim === undefined) throw new Error('no claim')
    return { ...claimed, claim: { ...claim, heldSince: at(seconds) } }
  }

  test('is believed as far as any run can have set it', () => {
    const resting = { ...cooling(farthest), restUntil: at(farthest) }
    expect(seen(resting)).toEqual(resting)
    expect(seen(held(60))).toEqual(held(60))
  })

  test('is over where it is farther away than that', () => {
    const resting = { ...idle, restUntil: at(farthest + 1) }
    expect(seen(resting)).toEqual(idle)
    const { coolUntil } = seen(cooling(farthest + 1)).claim ?? {}
    expect(coolUntil?.getTime()).toBeLessThan(at(0).getTime())
    const { heldSince } = seen(held(61)).claim ?? {}
    expect(heldSince?.getTime()).toBeLessThan(at(-1800).getTime())
  })

  test('may be later by the grace of the server', () => {
    const record = cooling(farthest + 600)
    expect(seen(record, 600)).toEqual(record)
    expect(seen(record, 599)).not.toEqual(record)
  })
})

describe('what nobody can have written', () => {
  /** More of it than the stack has room for. */
  const deep: unknown = JSON.parse(
    `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
  )
  const large = 'x'.repeat(2 ** 20)

  const junk: [string, unknown][] = [
    ['no JSON', undefined],
    ['null', null],
    ['a number', 7],
    ['a text', 'version'],
    ['a list', [forged]],
    ['deep nesting', { ...forged, escrow: deep, claim: deep, spent: deep }],
    ['nesting to be signed', { ...forged, deep }],
    ['a megabyte', { ...forged, place: large, escrow: { next: large } }],
    ['a fraction', { ...forged, sequence: 0.5 }],
    ['names of the language', JSON.parse('{"__proto__": {"phase": "idle"}}')],
    ['a code that is none', { ...forged, mac: {} }],
    ['fields of other kinds', { ...forged, spent: {}, escrow: [], claim: 1 }],
  ]

  test.each(junk)('is passed over: %s', (_, content) => {
    const revision = write(claimed)
    const noise: StoredVersion = { revision: '2', parent: '1', content }
    expect(viewOf([noise, ...records.versions], reader)).toMatchObject({
      tip: '2',
      isSpent: false,
      lane: { revision, record: claimed },
      heirs: [],
      unverified: [{ spent: expect.any(Array) }],
    })
  })

  test.each(junk)('is nothing by itself: %s', (_, content) => {
    const noise: StoredVersion = { revision: '1', content }
    const seen = viewOf([noise], reader)
    expect(seen).toMatchObject({ isSpent: false, heirs: [] })
    expect(seen.lane).toBeUndefined()
    expect(seen.unverified[0]).not.toHaveProperty('claim')
  })
})

describe('reading ends', () => {
  function isEnough(changes: Partial<Reader> = {}): boolean {
    const tip = records.versions.at(-1)
    if (tip === undefined) throw new Error('no version')
    return isDecisive(tip, { ...reader, ...changes })
  }

  test('at a version of the token, or of its successor', () => {
    write(claimed)
    expect(isEnough()).toBe(true)
    write({ ...idle, current: 'next' })
    expect(isEnough()).toBe(false)
    expect(isEnough({ successor: next })).toBe(true)
  })

  test('at the mark of the token', () => {
    write({ ...idle, current: 'next', spent: [mine.spent] })
    expect(isEnough()).toBe(true)
  })

  test('not at noise, nor at an heir', () => {
    records.append(forged)
    expect(isEnough()).toBe(false)
    deposit(seal())
    expect(isEnough()).toBe(false)
  })
})
