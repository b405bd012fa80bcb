import { beforeEach, describe, expect, test } from '@jest/globals'

import type { RotationRecord } from '../../../src/rotation/record/record.ts'
import { RecordLease } from '../../../src/rotation/record/lease.ts'
import {
  beginRecord,
  claim,
  claimForDistribution,
  commit,
  takeOver,
} from '../../../src/rotation/record/transitions.ts'
import {
  escrowVersion,
  makeEscrow,
  signVersion,
} from '../../../src/rotation/record/version.ts'
import { InMemoryRecords, unreachable } from '../../support/in-memory.ts'
import { SymbolicKeyring } from '../../support/symbolic-keyring.ts'
import { TestSystem } from '../../support/test-system.ts'

const cooling = { graceSeconds: 0 }
const keyring = new SymbolicKeyring()
const sealed = { keyId: '1', encryptedValue: 'Ym94' }

let system: TestSystem
let records: InMemoryRecords
/** Of the run that is looked at; its token is `mine`. */
let lease: RecordLease

beforeEach(() => {
  system = new TestSystem()
  records = new InMemoryRecords()
  lease = open('1')
})

function open(runId: string, token = 'mine'): RecordLease {
  const owner = {
    repository: 'acme/web',
    runId,
    attempt: '1',
    job: 'rotate',
    nonce: `nonce-${runId}`,
  }
  const keys = keyring.named(token)
  return new RecordLease({ owner, keys, records, system, cooling })
}

const begun = beginRecord({
  current: 'mine',
  place: 'store/RT',
  pendingPlaces: [],
  unverified: [],
})

function claimFor(
  { owner }: RecordLease,
  record: RotationRecord = begun,
): RotationRecord {
  return claim(record, owner, system.serverNow(), new Date(0), cooling)
}

/** Somebody writes to the record who does not hold the token. */
function disturb(): string {
  return records.append({ by: 'hand' })
}

/** Somebody writes to the record who does. */
function write(record: RotationRecord): string {
  const keys = keyring.named(record.current)
  return records.append(signVersion(record, records.tip, keys))
}

/** Another run with the same token takes the record from this one. */
function takeAway(record: RotationRecord): string {
  return write(
    takeOver(record, {
      owner: open('2').owner,
      now: system.serverNow(),
      secretUpdatedAt: new Date(0),
      cooling,
      mayOwnerLive: false,
      isOverride: false,
    }),
  )
}

/** Another run has finished with the token. */
function replace(record: RotationRecord): string {
  return write(
    commit(record, { token: 'next', spent: 'spent-mine', pendingPlaces: [] }),
  )
}

async function hold(): Promise<void> {
  await lease.read()
  expect(await lease.take(claimFor(lease))).toEqual({ kind: 'moved' })
}

function last(): object {
  return records.history.at(-1) as object
}

describe('to take', () => {
  test('makes the record one of this run', async () => {
    await hold()
    expect(lease.isHeld).toBe(true)
    expect(lease.view).toMatchObject({ tip: '1', lane: { revision: '1' } })
  })

  test('is refused by what others have written, which is no run', async () => {
    await lease.read()
    disturb()
    const taken = await lease.take(claimFor(lease))
    expect(taken).toEqual({ kind: 'not-ours', isRun: false })
    expect(lease.isHeld).toBe(false)
  })

  test('is refused above a lane, too, by what is no run', async () => {
    write(begun)
    await lease.read()
    disturb()
    const taken = await lease.take(claimFor(lease))
    expect(taken).toEqual({ kind: 'not-ours', isRun: false })
  })

  test('is refused by a run with the same token, whatever is above it', async () => {
    write(begun)
    await lease.read()
    write(claimFor(open('2')))
    disturb()
    const taken = await lease.take(claimFor(lease))
    expect(taken).toEqual({ kind: 'not-ours', isRun: true })
  })

  test('is refused by a run that is done with the token by now', async () => {
    write(begun)
    await lease.read()
    replace(begun)
    const taken = await lease.take(claimFor(lease))
    expect(taken).toEqual({ kind: 'not-ours', isRun: true })
  })

  test('is refused by one that was done before there was a record', async () => {
    await lease.read()
    replace(begun)
    const taken = await lease.take(claimFor(lease))
    expect(taken).toEqual({ kind: 'not-ours', isRun: true })
  })

  test.each([
    ['deleted', 0],
    ['set back', 1],
  ])('is refused where the record was %s, by no run', async (_, length) => {
    write(begun)
    write({ ...begun, knowsIntrospection: true })
    await lease.read()
    records.versions.length = length
    const taken = await lease.take(claimFor(lease))
    expect(taken).toEqual({ kind: 'not-ours', isRun: false })
  })

  test('is refused by an old copy that is put back, which is no run', async () => {
    write({ ...begun, sequence: 7 })
    await lease.read()
    records.append(escrowVersion(copyOf('next')))
    const taken = await lease.take(claimFor(lease))
    expect(taken).toEqual({ kind: 'not-ours', isRun: false })
  })

  test('asks for one version while reads lag', async () => {
    write(begun)
    disturb()
    await lease.read()
    const before = [...records.versions].reverse()
    disturb()
    const asked: string[] = []
    records.read = async (isEnough) => {
      const end = before.findIndex((version) => {
        asked.push(version.revision)
        return isEnough(version)
      })
      return before.slice(0, end + 1)
    }
    await lease.take(claimFor(lease))
    expect(asked).toEqual(['2', '2', '2', '2', '2'])
  })

  test('is refused where it was set back, and written to, by no run', async () => {
    write(begun)
    write({ ...begun, knowsIntrospection: true })
    await lease.read()
    records.versions.length = 1
    disturb()
    disturb()
    const taken = await lease.take(claimFor(lease))
    expect(taken).toEqual({ kind: 'not-ours', isRun: false })
  })

  test('keeps the copy that is in the record', async () => {
    write(begun)
    records.append(escrowVersion(copyOf('next')))
    await lease.read()
    await lease.take(claimFor(lease, lease.record))
    expect(lease.view.heirs).toMatchObject([{ escrow: copyOf('next') }])
    expect((await open('3').read()).heirs).toHaveLength(1)
  })

  test('does not make it one of the post step, once it is to distribute', async () => {
    const now = system.serverNow()
    write(claimForDistribution(begun, lease.owner, now, new Date(0)))
    await lease.read()
    expect(lease.isHeld).toBe(false)
    expect((await lease.move((record) => record)).kind).toBe('not-ours')
  })

  test.each([
    ['with', 1],
    ['without', 0],
  ])(
    'is refused by a run that had to leave a copy, %s a record',
    async (_, length) => {
      write(begun)
      records.versions.length = length
      await lease.read()
      records.append(escrowVersion(copyOf('next')))
      const taken = await lease.take(claimFor(lease))
      expect(taken).toEqual({ kind: 'not-ours', isRun: true })
    },
  )

  test.each([
    ['a run', write, true],
    ['somebody else', disturb, false],
  ])('waits until it is seen who was faster: %s', async (_, append, isRun) => {
    await lease.read()
    append(begun)
    const read = records.read.bind(records)
    let lags = 3
    records.read = async (isEnough) => {
      lags -= 1
      return lags < 0 ? read(isEnough) : []
    }
    const taken = await lease.take(claimFor(lease))
    expect(taken).toEqual({ kind: 'not-ours', isRun })
    expect(system.sleeps).toHaveLength(3)
  })

  test('is not refused by a run as long as none is seen', async () => {
    await lease.read()
    write(begun)
    records.read = async () => []
    const taken = await lease.take(claimFor(lease))
    expect(taken).toEqual({ kind: 'not-ours', isRun: false })
  })

  test('uses what was prepared, and nothing else', async () => {
    await lease.read()
    const record = claimFor(lease)
    const moved: unknown[] = []
    const prepared: unknown[] = []
    const move = records.move.bind(records)
    records.move = (from, to) => {
      moved.push(to)
      return move(from, to)
    }
    records.prepare = async (...[, to]: [unknown?, unknown?]) => {
      prepared.push(to)
      return undefined
    }
    await lease.prepareToTake(record)
    await lease.take(record)
    expect(moved[0]).toBe(prepared[0])
    expect(lease.record).toBe(record)
  })

  test('says so when it is unknown', async () => {
    await lease.read()
    records.next.push(unreachable)
    expect(await lease.take(claimFor(lease))).toEqual(unreachable)
    expect(lease.isHeld).toBe(false)
  })
})

describe('to move', () => {
  function learn(record: RotationRecord): RotationRecord {
    return { ...record, knowsIntrospection: true }
  }

  test('goes on above what others have written', async () => {
    await hold()
    disturb()
    const tip = disturb()
    expect(await lease.move(learn)).toEqual({ kind: 'moved' })
    expect(records.versions.at(-1)?.parent).toBe(tip)
    const view = await open('3').read()
    expect(view.lane?.record.knowsIntrospection).toBe(true)
    expect(view.unverified).toEqual([])
  })

  test('does not go on where they never leave off', async () => {
    await hold()
    const move = records.move.bind(records)
    let tries = 0
    records.move = (from, to) => {
      tries += 1
      disturb()
      return move(from, to)
    }
    const moved = await lease.move(learn)
    expect(moved).toEqual({ kind: 'not-ours', isRun: false })
    expect(tries).toBe(5)
  })

  test('does not go on above a run with the same token', async () => {
    await hold()
    const tip = takeAway(lease.record)
    const moved = await lease.move(learn)
    expect(moved).toEqual({ kind: 'not-ours', isRun: true })
    expect(records.tip).toBe(tip)
  })

  test('nor where the token has been replaced', async () => {
    await hold()
    replace(lease.record)
    const tip = disturb()
    const moved = await lease.move(learn)
    expect(moved).toEqual({ kind: 'not-ours', isRun: true })
    expect(records.tip).toBe(tip)
  })

  test('nor where another run has stored the token that it has left', async () => {
    await hold()
    lease.inherit(keyring.named('next'))
    const tip = replace(lease.record)
    const moved = await lease.move(learn)
    expect(moved).toEqual({ kind: 'not-ours', isRun: true })
    expect(records.tip).toBe(tip)
  })

  test('goes on with the key of the token that becomes current', async () => {
    await hold()
    lease.inherit(keyring.named('next'))
    await lease.move((record) =>
      commit(record, { token: 'next', spent: 'spent-mine', pendingPlaces: [] }),
    )
    disturb()
    expect(await lease.move(learn)).toEqual({ kind: 'moved' })
    expect(lease.key.id).toBe('next')
    const view = await open('3', 'next').read()
    expect(view.lane?.record.knowsIntrospection).toBe(true)
    expect(await open('4').read()).toMatchObject({ isSpent: true })
  })

  test('keeps a copy that another has left meanwhile', async () => {
    await hold()
    records.append(escrowVersion(copyOf('next')))
    await lease.move(learn)
    expect((await open('3').read()).heirs).toHaveLength(1)
  })

  test('waits where a read lags', async () => {
    await hold()
    const before = [...records.versions]
    disturb()
    const read = records.read.bind(records)
    let lags = 2
    records.read = async (isEnough) => {
      lags -= 1
      return lags < 0 ? read(isEnough) : before
    }
    expect(await lease.move(learn)).toEqual({ kind: 'moved' })
    expect(system.sleeps).toEqual([1000, 1000])
  })

  test('is not for a run that holds nothing', async () => {
    write(begun)
    await lease.read()
    expect((await lease.move(learn)).kind).toBe('not-ours')
    expect(records.versions).toHaveLength(1)
  })
})

describe('a fence', () => {
  test('stands as long as nobody writes', async () => {
    await hold()
    system.pass(5000)
    expect(await lease.fence()).toEqual({ kind: 'moved' })
    expect(lease.record.claim).toMatchObject({
      heldSince: system.serverNow(),
      fencedAt: system.serverNow(),
    })
  })

  test('does not go on above what others have written', async () => {
    await hold()
    const tip = disturb()
    const fenced = await lease.fence()
    expect(fenced).toEqual({ kind: 'not-ours', isRun: false })
    expect(records.tip).toBe(tip)
    // Nor later: the record has to be moved on first.
    expect((await lease.fence()).kind).toBe('not-ours')
    // What was not sent is given back all the same.
    expect(await lease.move((record) => record)).toEqual({ kind: 'moved' })
    expect(await lease.fence()).toEqual({ kind: 'moved' })
  })

  test('goes on above a sealed copy', async () => {
    await hold()
    records.append(escrowVersion(copyOf('another', 'another')))
    expect(await lease.fence()).toEqual({ kind: 'moved' })
  })

  test('does not go on above another run', async () => {
    await hold()
    takeAway(lease.record)
    const fenced = await lease.fence()
    expect(fenced).toEqual({ kind: 'not-ours', isRun: true })
  })

  test('leaves until when the record rests', async () => {
    await hold()
    const restUntil = new Date(system.serverNow().getTime() + 60_000)
    await lease.fence(restUntil)
    expect((await open('3').read()).lane?.record.restUntil).toEqual(restUntil)
  })

  test.each([
    ['is not asked for within a minute', 59_999, false, 1],
    ['is after it', 60_000, false, 2],
    ['is at once when it is urgent', 0, true, 2],
  ])('%s', async (_, passed, isUrgent, versions) => {
    await hold()
    system.pass(passed)
    expect(await lease.confirm(isUrgent)).toEqual({ kind: 'moved' })
    expect(records.versions).toHaveLength(versions)
  })

  test('is asked for when the claim was long on its way', async () => {
    await lease.read()
    const record = claimFor(lease)
    system.pass(60_000)
    await lease.take(record)
    await lease.confirm(false)
    expect(records.versions).toHaveLength(2)
  })
})

function copyOf(
  token: string,
  replaces = 'mine',
  seconds = 0,
): ReturnType<typeof makeEscrow> {
  const time = system.serverNow().getTime() + seconds * 1000
  return makeEscrow(
    { replaces, sequence: 0, token, sealed, at: new Date(time) },
    keyring.named(replaces),
    keyring.named(token),
  )
}

describe('a sealed copy', () => {
  beforeEach(async () => {
    await hold()
    lease.inherit(keyring.named('next'))
  })

  function copy(): ReturnType<typeof makeEscrow> {
    return lease.toEscrow({ sequence: 0, sealed })
  }

  test('is bound to the token that it replaces, and to its own', () => {
    expect(copy()).toEqual(copyOf('next'))
  })

  test('is put above what others have written', async () => {
    disturb()
    expect(await lease.deposit(copy())).toBe(true)
    expect(last()).toEqual(stored(escrowVersion(copy())))
    expect((await open('3').read()).heirs).toMatchObject([{ escrow: copy() }])
  })

  test('is put above another run with the same token', async () => {
    takeAway(lease.record)
    expect(await lease.deposit(copy())).toBe(true)
    expect((await open('3').read()).lane?.record.escrow).toEqual(copy())
  })

  test('is put where the record was deleted', async () => {
    records.versions.length = 0
    expect(await lease.deposit(copy())).toBe(true)
    expect((await open('3').read()).heirs).toMatchObject([{ escrow: copy() }])
  })

  test('is left out when the token has been replaced', async () => {
    replace(lease.record)
    expect(await lease.deposit(copy())).toBe(false)
    expect(records.versions).toHaveLength(2)
  })

  test('is left out below others, too, by a run that does not know the successor', async () => {
    replace(lease.record)
    disturb()
    const other = open('1')
    expect(await other.deposit(copy())).toBe(false)
    expect(records.versions).toHaveLength(3)
  })

  test('is seen although another one is newer', async () => {
    const mine = copy()
    records.append(escrowVersion(copyOf('another', 'mine', 60)))
    expect(await lease.deposit(mine)).toBe(true)
    expect((await open('3').read()).heirs).toHaveLength(2)
  })

  test('is not put there twice', async () => {
    const mine = copy()
    await lease.deposit(mine)
    system.pass(5000)
    const { length } = records.versions
    // Sealed again at another time, it is the same.
    expect(await lease.deposit(copy())).toBe(true)
    expect(records.versions).toHaveLength(length)
  })

  test('outlasts eighteen others, and no more', async () => {
    const move = records.move.bind(records)
    let left = 19
    records.move = (from, to) => {
      if (left > 0) disturb()
      left -= 1
      return move(from, to)
    }
    // The twentieth has put it there, but has not seen it.
    expect(await lease.deposit(copy())).toBe(false)
    left = 18
    expect(await lease.deposit(copyOf('another'))).toBe(true)
  })

  test('is not there where nothing can be read, or written', async () => {
    records.next.push(unreachable)
    expect(await lease.deposit(copy())).toBe(false)
    records.readFailure = unreachableFailure
    expect(await lease.deposit(copy())).toBe(false)
    expect(records.versions).toHaveLength(1)
  })
})

const unreachableFailure =
  unreachable.kind === 'unreachable' ? unreachable.failure : undefined

function stored(content: object): unknown {
  return JSON.parse(JSON.stringify(content))
}

describe('to read', () => {
  test.each([
    [31, true],
    [32, false],
  ])('finds the lane below %i others: %p', async (others, isFound) => {
    write(begun)
    for (let each = 0; each < others; each++) disturb()
    const view = await lease.read()
    expect(view.lane !== undefined).toBe(isFound)
    expect(view.tip).toBe(String(others + 1))
  })

  test('asks for nothing below the lane', async () => {
    write(begun)
    write(begun)
    const seen: string[] = []
    const read = records.read.bind(records)
    records.read = (isEnough) =>
      read((version) => {
        seen.push(version.revision)
        return isEnough(version)
      })
    await lease.read()
    expect(seen).toEqual(['2'])
  })

  test('shows nothing before it has happened', () => {
    expect(lease.view).toEqual({
      tip: undefined,
      isSpent: false,
      heirs: [],
      unverified: [],
    })
    expect(lease.lane).toBeUndefined()
    expect(() => lease.record).toThrow('no record yet')
  })
})
