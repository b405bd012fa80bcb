import { describe, expect, test } from '@jest/globals'

import { decide, runningClaims } from '../../../src/rotation/record/decide.ts'
import { examine } from '../../../src/rotation/record/examine.ts'
import type { ClassFacts } from '../../../src/rotation/record/rotation-class.ts'
import type { Evidence } from '../../../src/rotation/record/evidence.ts'
import type { Memory } from '../../../src/rotation/record/memory.ts'
import type { Introspection } from '../../../src/rotation/ports.ts'
import { readUnverified } from '../../../src/rotation/record/record-description.ts'
import {
  beginRecord,
  claimToExamine,
} from '../../../src/rotation/record/beginning.ts'
import {
  block,
  claim,
  claimForDistribution,
  endDistribution,
  fence,
  takeOver,
} from '../../../src/rotation/record/transitions.ts'
import type {
  Escrow,
  RotationRecord,
} from '../../../src/rotation/record/record.ts'
import { makeEscrow } from '../../../src/rotation/record/version.ts'
import type { View } from '../../../src/rotation/record/view.ts'
import { SymbolicKeyring } from '../../support/symbolic-keyring.ts'

/** Seconds after some moment. */
function at(seconds: number): Date {
  return new Date(Date.parse('2026-01-01T12:00:00Z') + seconds * 1000)
}

const owner = {
  repository: 'acme/web',
  runId: '1',
  attempt: '1',
  job: 'rotate',
  nonce: 'nonce-1',
}
const cooling = { graceSeconds: 0 }
const strict: ClassFacts = { rotationClass: 'strict', graceSeconds: 0 }

/** Second 0: `new` was stored, and it replaced `old`. */
const idle: RotationRecord = {
  phase: 'idle',
  sequence: 1,
  current: 'new',
  spent: ['spent-old'],
  place: 'store/RT',
  pendingPlaces: [],
  knowsIntrospection: false,
  wrote: at(0),
}

/** What no decision depends on. */
const memory: Memory = {
  last: {
    outcome: 'failed',
    errorCode: 'REAUTHORIZATION_REQUIRED',
    credentialState: 'lost',
    at: at(199),
    durations: { run: 1 },
    status: 400,
    ...{ runId: '1', attempt: '1', event: 'schedule', actor: 'octocat' },
    version: '1.0.0',
  },
  failures: 1000,
  totals: { failed: 1000 },
}

/** Second 100: claimed. */
const claimed = claim(idle, owner, at(100), at(0), cooling)

/** The same, but only to hand the access token out. */
const handingOut = claimForDistribution(idle, owner, at(100), at(0))

const keyring = new SymbolicKeyring()

const escrow: Escrow = makeEscrow(
  {
    replaces: 'new',
    sequence: 1,
    token: 'newer',
    sealed: { keyId: '1', encryptedValue: 'box' },
    at: at(110),
  },
  keyring.named('new'),
  keyring.named('newer'),
)

function withEscrow(record: RotationRecord): RotationRecord {
  return { ...record, escrow }
}

function blocked(
  record: RotationRecord,
  credentialState: 'escrowed' | 'unknown' | 'lost',
): RotationRecord {
  return block(record, { credentialState, code: 'INTERNAL_ERROR' }, at(110))
}

function evidence(changes: Partial<Evidence> = {}): Evidence {
  return {
    secret: { updatedAt: at(0), readAt: at(200) },
    runCreatedAt: at(150),
    now: at(200),
    isByPerson: false,
    ...changes,
  }
}

const writtenSince = { secret: { updatedAt: at(120), readAt: at(200) } }
const notFresh = { runCreatedAt: at(-10) }

/** There is no record. */
const none: View = {
  tip: undefined,
  isSpent: false,
  heirs: [],
  unverified: [],
}

/** The presented token is the current one. */
function lane(record: RotationRecord): View {
  return {
    ...none,
    tip: '1',
    lane: { revision: '1', record },
  }
}

/**
 * The presented token is neither the current one nor one that was replaced.
 *
 * @param records the newest first
 */
function foreign(...records: object[]): View {
  const unverified = records.map((record) => {
    const read = readUnverified({ ...stored(record) })
    const remembering = { ...stored({ ...record, memory }) }
    expect(readUnverified(remembering)).toEqual(read)
    return read
  })
  return { ...none, tip: '1', unverified }
}

/** The presented token has been replaced, as a mark of its holder says. */
function spent(record: RotationRecord): View {
  return { ...foreign(record), isSpent: true }
}

function stored(record: object): object {
  return JSON.parse(JSON.stringify(record)) as object
}

/** A copy of the successor of the presented token, and no record of it. */
const orphan: View = {
  ...none,
  tip: '1',
  heirs: [{ escrow, lane: keyring.named('newer') }],
}

function decided(
  view: View,
  seen: Evidence,
  isOwnerAlive = false,
  facts = cooling,
): unknown {
  const decision = decide(view, seen, isOwnerAlive, facts)
  const { lane: own } = view
  if (own) {
    const record = { ...own.record, memory }
    const remembering = { ...view, lane: { ...own, record } }
    expect(decide(remembering, seen, isOwnerAlive, facts)).toEqual(
      'record' in decision
        ? { ...decision, record: { ...decision.record, memory } }
        : decision,
    )
  }
  switch (decision.kind) {
    case 'go-on':
      return `go on with ${decision.record.current}`
    case 'skip':
      return decision.reason
    case 'fail':
      return decision.code
    case 'take-over':
      return decision.isOverride ? 'take over by a person' : 'take over'
    default:
      return decision.kind
  }
}

describe('before the claim', () => {
  test.each<[string, View, Evidence, string]>([
    ['row 1', none, evidence(), 'begin'],
    ['row 1, not fresh', none, evidence(notFresh), 'stale'],
    [
      'row 1, written in the second of its creation',
      none,
      evidence({ runCreatedAt: at(0.9) }),
      'stale',
    ],
    [
      'a secret that is not there',
      none,
      evidence({ secret: 'missing' }),
      'SECRET_NOT_FOUND',
    ],
    [
      'a secret that we made and somebody deleted',
      lane(idle),
      evidence({ secret: 'missing' }),
      'go on with new',
    ],
    [
      'a secret that is not there, and that we made, as nobody has proven',
      foreign(idle),
      evidence({ secret: 'missing' }),
      'SECRET_NOT_FOUND',
    ],
    ['row 2', lane(idle), evidence(), 'go on with new'],
    ['row 2, not fresh', lane(idle), evidence(notFresh), 'go on with new'],
    [
      'row 2, written since',
      lane(idle),
      evidence(writtenSince),
      'go on with new',
    ],
    [
      'row 2, written since and not fresh',
      lane(idle),
      evidence({ ...writtenSince, ...notFresh }),
      'stale',
    ],
    [
      'row 2a, with a copy of what comes next',
      lane(withEscrow(idle)),
      evidence(),
      'take over',
    ],
    [
      'row 2a, written since, which is judged once it is taken',
      lane(withEscrow(idle)),
      evidence(writtenSince),
      'take over',
    ],
    [
      'row 2a, written since and not fresh',
      lane(withEscrow(idle)),
      evidence({ ...writtenSince, ...notFresh }),
      'stale',
    ],
    [
      'row 2a, resting',
      lane({ ...withEscrow(idle), restUntil: at(230) }),
      evidence(),
      'cooling',
    ],
    ['row 3', spent(idle), evidence(notFresh), 'stale'],
    ['row 3, fresh', spent(idle), evidence(), 'SECRET_MISMATCH'],
    [
      'row 3, with a copy of what replaced it',
      { ...orphan, isSpent: true },
      evidence(),
      'SECRET_MISMATCH',
    ],
    ['row 4', foreign(idle), evidence(writtenSince), 'begin'],
    [
      'row 4, blocked',
      foreign(blocked(claimed, 'unknown')),
      evidence(writtenSince),
      'begin',
    ],
    ['row 4, of which nothing can be read', foreign({}), evidence(), 'begin'],
    [
      'row 4a, written later, as nobody has proven',
      foreign({ ...idle, wrote: at(1000) }),
      evidence(),
      'RECORD_UNVERIFIED',
    ],
    [
      'row 4, written on another day, which nobody believes',
      foreign({ ...idle, wrote: at(200 + 1861) }),
      evidence(),
      'begin',
    ],
    ['row 4b', orphan, evidence(), 'begin-examining'],
    [
      'row 4b, whatever else somebody says',
      { ...foreign({ ...idle, restUntil: at(230) }), heirs: orphan.heirs },
      evidence(),
      'begin-examining',
    ],
    ['row 4b, not fresh', orphan, evidence(notFresh), 'stale'],
    ['row 5', foreign(idle), evidence(notFresh), 'stale'],
    [
      'row 5, blocked',
      foreign(blocked(claimed, 'lost')),
      evidence(notFresh),
      'stale',
    ],
    [
      'row 5a',
      lane(blocked(withEscrow(claimed), 'escrowed')),
      evidence(),
      'take over',
    ],
    [
      'row 5a, but the secret was written since the claim',
      lane(blocked(withEscrow(claimed), 'escrowed')),
      evidence(writtenSince),
      'stay-blocked',
    ],
    ['row 5b', lane(blocked(claimed, 'unknown')), evidence(), 'stay-blocked'],
    [
      'row 5b, by a person',
      lane(blocked(claimed, 'unknown')),
      evidence({ isByPerson: true }),
      'take over by a person',
    ],
    [
      'row 5b, by a person, of a dead token',
      lane(blocked(claimed, 'lost')),
      evidence({ isByPerson: true }),
      'stay-blocked',
    ],
    ['row 7', lane(claimed), evidence(), 'take over'],
    [
      'row 7, being examined',
      lane({ ...claimed, phase: 'examining', ...indeterminate(claimed) }),
      evidence(),
      'take over',
    ],
    [
      'row 7, written since and not fresh',
      lane(claimed),
      evidence({ ...writtenSince, ...notFresh }),
      'stale',
    ],
    ['row 7a', lane(handingOut), evidence(), 'go on with new'],
    [
      'row 7a, right after it',
      lane(fence(handingOut, at(199), cooling)),
      evidence(),
      'go on with new',
    ],
    ['row 7a, an old snapshot', spent(handingOut), evidence(notFresh), 'stale'],
    ['row 7a, a new grant', foreign(handingOut), evidence(), 'begin-examining'],
    [
      'row 7a, with a sealed copy of what comes next',
      lane(withEscrow(handingOut)),
      evidence(),
      'take over',
    ],
    [
      'row 7a, marked as indeterminate',
      lane({ ...handingOut, ...indeterminate(handingOut) }),
      evidence(),
      'take over',
    ],
    [
      'row 7a, being examined',
      lane(claimToExamine(idle, owner, at(100), at(0))),
      evidence(),
      'go on with new',
    ],
    [
      'row 10',
      foreign(claimed),
      evidence({ ...writtenSince, now: at(250) }),
      'begin-examining',
    ],
    [
      'row 10, before the cooling is over',
      foreign(claimed),
      evidence({ ...writtenSince, now: at(249) }),
      'RECORD_UNVERIFIED',
    ],
    [
      'row 10, being examined',
      foreign({ ...claimed, phase: 'examining' }),
      evidence({ now: at(250) }),
      'begin-examining',
    ],
    [
      'row 11',
      foreign(claimed),
      evidence({ ...writtenSince, ...notFresh, now: at(250) }),
      'stale',
    ],
    ['row 11, fresh', spent(claimed), evidence(), 'SECRET_MISMATCH'],
  ])('%s', (_, view, seen, decision) => {
    expect(decided(view, seen)).toBe(decision)
  })

  test('row 6', () => {
    expect(decided(lane(claimed), evidence(), true)).toBe('busy')
  })

  test('row 6, of a distribution', () => {
    expect(decided(lane(handingOut), evidence(), true)).toBe('busy')
  })

  test('row 7a: what is claimed then is claimed for the first time', () => {
    const decision = decide(lane(handingOut), evidence(), false, cooling)
    expect(decision).toMatchObject({ record: { phase: 'idle' } })
    expect(decision).not.toHaveProperty('record.claim')
  })

  test('row 5b: a person may try once for each block', () => {
    const tried = takeOver(blocked(claimed, 'unknown'), {
      owner,
      now: at(200),
      secretUpdatedAt: at(0),
      cooling,
      mayOwnerLive: false,
      isOverride: true,
    })
    const again = { ...tried, phase: 'blocked' as const }
    expect(decided(lane(again), evidence({ isByPerson: true }))).toBe(
      'stay-blocked',
    )
  })

  test('rests after the post step has done the work of main', () => {
    const resting = lane({ ...idle, restUntil: at(230) })
    expect(decided(resting, evidence())).toBe('cooling')
    expect(decided(resting, evidence({ now: at(230) }))).toBe('go on with new')
  })

  describe('without the time of creation', () => {
    function undated(changes: Partial<Evidence> = {}): Evidence {
      const { runCreatedAt: _, ...seen } = evidence(changes)
      return seen
    }

    test.each<[string, View, Evidence, string]>([
      ['row 1, undated', none, undated(), 'begin'],
      ['row 2, undated', lane(idle), undated(), 'go on with new'],
      [
        'row 2, undated, written since',
        lane(idle),
        undated(writtenSince),
        'go on with new',
      ],
      ['row 4b, undated', orphan, undated(), 'begin-examining'],
      [
        'row 4b, undated, after a write that nobody has proven',
        { ...foreign(idle), heirs: orphan.heirs },
        undated(),
        'RECORD_UNVERIFIED',
      ],
      // Anybody can say so, which must not keep runs away in green.
      ['row 5, undated', foreign(idle), undated(), 'RECORD_UNVERIFIED'],
      ['row 9, undated', lane(claimed), undated(), 'take over'],
    ])('%s', (_, view, seen, decision) => {
      expect(decided(view, seen)).toBe(decision)
    })

    test('without the time of creation, what is newer than our write is fresh', () => {
      expect(decided(foreign(idle), undated(writtenSince))).toBe('begin')
      expect(decided(spent(idle), undated(writtenSince))).toBe(
        'SECRET_MISMATCH',
      )
      expect(decided(spent(idle), undated())).toBe('stale')
    })
  })

  test('a new grant counts from now on, and nothing of the old one is open', () => {
    const { unverified } = foreign(blocked(withEscrow(claimed), 'escrowed'))
    const record = beginRecord({
      current: 'grant',
      place: 'store/RT',
      pendingPlaces: ['store_AT'],
      unverified,
    })
    expect(record).toEqual({
      phase: 'idle',
      sequence: 2,
      current: 'grant',
      spent: ['spent-old'],
      place: 'store/RT',
      pendingPlaces: ['store_AT'],
      knowsIntrospection: false,
    })
  })

  test.each([
    ['nothing', undefined, 0],
    ['what no run has written', 1_000_000_001, 0],
    ['the last that is sane', 1_000_000_000, 1_000_000_001],
  ])('a new grant counts on from %s', (_, sequence, next) => {
    const { unverified } = foreign({ sequence })
    const beginning = { current: 'grant', place: 'store/RT', pendingPlaces: [] }
    expect(beginRecord({ ...beginning, unverified }).sequence).toBe(next)
  })
})

function indeterminate(record: RotationRecord): Pick<RotationRecord, 'claim'> {
  return record.claim
    ? { claim: { ...record.claim, isIndeterminate: true } }
    : {}
}

/** What nobody has proven makes a run wait, in red, and never for long. */
describe('row 4a', () => {
  /** @param isRunning what GitHub says of each run that is asked for */
  function decidedBeside(
    isRunning: boolean,
    view: View,
    seen: Evidence,
  ): unknown {
    const asked = runningClaims(view.unverified, seen.now, cooling)
    return decided(view, seen, isRunning && asked.length > 0)
  }

  /** The owner confirmed the claim then, and it is not cooling. */
  function heldSince(seconds: number): View {
    return foreign({
      ...handingOut,
      claim: { ...handingOut.claim, heldSince: at(seconds), coolUntil: at(0) },
    })
  }

  function coolUntil(seconds: number): View {
    return foreign({
      ...claimed,
      claim: { ...claimed.claim, coolUntil: at(seconds) },
    })
  }

  function restUntil(seconds: number): View {
    return foreign({ ...idle, restUntil: at(seconds) })
  }

  // It is second 200.
  const farthest = 200 + 1860

  test.each<[string, View, boolean, string]>([
    ['a cooling', coolUntil(201), false, 'RECORD_UNVERIFIED'],
    ['a cooling that is over', coolUntil(200), false, 'begin-examining'],
    ['the longest cooling', coolUntil(farthest), false, 'RECORD_UNVERIFIED'],
    ['a longer cooling', coolUntil(farthest + 1), false, 'begin-examining'],
    ['a rest', restUntil(201), false, 'RECORD_UNVERIFIED'],
    ['a rest that is over', restUntil(200), false, 'begin'],
    ['the longest rest', restUntil(farthest), false, 'RECORD_UNVERIFIED'],
    ['a longer rest', restUntil(farthest + 1), false, 'begin'],
    ['an owner who runs', heldSince(-1599), true, 'RECORD_UNVERIFIED'],
    ['an owner who is gone', heldSince(-1599), false, 'begin-examining'],
    ['a lease that is over', heldSince(-1600), true, 'begin-examining'],
    ['a clock that is ahead', heldSince(260), true, 'RECORD_UNVERIFIED'],
    ['a lease that nobody has', heldSince(261), true, 'begin-examining'],
  ])('row 4a: %s', (_, view, isRunning, decision) => {
    expect(decidedBeside(isRunning, view, evidence())).toBe(decision)
  })

  test('row 4a: the grace of the server may be waited for, too', () => {
    const grace = { graceSeconds: 60 }
    const until = (seconds: number): unknown =>
      decided(coolUntil(seconds), evidence(), false, grace)
    expect(until(farthest + 60)).toBe('RECORD_UNVERIFIED')
    expect(until(farthest + 61)).toBe('begin-examining')
  })

  test('row 4a: one time that nobody believes does not hide another', () => {
    const both = foreign({
      ...claimed,
      restUntil: at(farthest + 1),
      claim: { ...claimed.claim, coolUntil: at(201) },
    })
    expect(decided(both, evidence())).toBe('RECORD_UNVERIFIED')
  })

  describe('row 4a: one version on top of another', () => {
    const junk: [string, object][] = [
      ['of which nothing can be read', {}],
      ['that is idle', idle],
      ['that is blocked', blocked(claimed, 'lost')],
      [
        'that is claimed, and has cooled long ago',
        {
          ...claimed,
          claim: {
            ...claimed.claim,
            heldSince: at(-9999),
            coolUntil: at(-9999),
          },
        },
      ],
      [
        'that is claimed, and cools for ever',
        {
          ...claimed,
          restUntil: at(1e6),
          claim: { ...claimed.claim, heldSince: at(1e6), coolUntil: at(1e6) },
        },
      ],
    ]

    test.each(junk)('hides no cooling: one %s', (_, top) => {
      const { unverified } = coolUntil(201)
      const view = foreign(top)
      const both = { ...view, unverified: [...view.unverified, ...unverified] }
      expect(decided(view, evidence())).not.toBe('RECORD_UNVERIFIED')
      expect(decided(both, evidence())).toBe('RECORD_UNVERIFIED')
    })

    test.each(junk)('hides no rest: one %s', (_, top) => {
      const view = foreign(top, { ...idle, restUntil: at(201) })
      expect(decided(view, evidence())).toBe('RECORD_UNVERIFIED')
      expect(decided(view, evidence({ now: at(250) }))).not.toBe(
        'RECORD_UNVERIFIED',
      )
    })

    test.each(junk)('hides no claim: one %s', (_, top) => {
      const { unverified } = heldSince(-1599)
      const view = foreign(top)
      const both = { ...view, unverified: [...view.unverified, ...unverified] }
      expect(decidedBeside(true, view, evidence())).not.toBe(
        'RECORD_UNVERIFIED',
      )
      expect(decidedBeside(true, both, evidence())).toBe('RECORD_UNVERIFIED')
    })
  })

  test('row 4a: each claim is asked for whose lease may be running', () => {
    const held = (
      runId: string,
      seconds: number,
      phase = 'claimed',
    ): object => {
      const claim = { ...claimed.claim, heldSince: at(seconds) }
      return { phase, claim: { ...claim, owner: { ...owner, runId } } }
    }
    const { unverified } = foreign(
      held('1', 100),
      held('2', -1600),
      {},
      held('3', -1599, 'examining'),
      held('4', 100, 'idle'),
      held('5', 100, 'blocked'),
      held('6', 261),
      held('1', 90),
    )
    const claims = runningClaims(unverified, at(200), cooling)
    expect(claims.map(({ owner: { runId } }) => runId)).toEqual(['1', '3', '1'])
  })

  test('row 4a: a phase without a claim does not count as one', () => {
    const view = foreign({ ...claimed, phase: 'blocked' })
    expect(decidedBeside(true, view, evidence({ now: at(201) }))).toBe('begin')
  })
})

describe('after taking over', () => {
  const grace: ClassFacts = { rotationClass: 'grace', graceSeconds: 60 }
  const late = { now: at(1000), runCreatedAt: at(900) }
  const cool = evidence(late)

  /** Second 100: begun by a run that found a claim of another token. */
  const begun = claimToExamine(idle, owner, at(100), at(0))

  /** What a dead run with the same token had claimed, taken over. */
  const dead = { ...claimed, ...indeterminate(claimed) }

  function examined(
    record: RotationRecord,
    seen: Evidence,
    facts = strict,
    introspection?: Introspection,
  ): string {
    const examination = examine(record, seen, facts, introspection)
    const remembering = { ...record, memory }
    expect(examine(remembering, seen, facts, introspection)).toEqual(
      'record' in examination
        ? { ...examination, record: { ...examination.record, memory } }
        : examination,
    )
    switch (examination.kind) {
      case 'skip':
        return examination.reason
      case 'block':
        return `${examination.credentialState} ${examination.code}`
      case 'go-on':
        return examination.needsGrace ? 'go on inside the grace' : 'go on'
      default:
        return examination.kind
    }
  }

  test.each<[string, RotationRecord, Evidence, ClassFacts, string]>([
    ['row 8', withEscrow(dead), evidence(), strict, 'restore'],
    [
      'row 9',
      dead,
      evidence({ ...writtenSince, runCreatedAt: at(110) }),
      strict,
      'stale',
    ],
    [
      'row 9a, with an escrow',
      withEscrow(dead),
      evidence(writtenSince),
      strict,
      'restore',
    ],
    [
      'row 9a, without one',
      dead,
      evidence({ ...writtenSince, ...late }),
      strict,
      'introspect',
    ],
    ['row 10, still in the secret', begun, evidence(), strict, 'adopt'],
    [
      'row 10, with a copy of what comes next',
      claimToExamine(withEscrow(idle), owner, at(100), at(0)),
      evidence(),
      strict,
      'restore',
    ],
    [
      'row 10, with a copy of what comes next, written since',
      claimToExamine(withEscrow(idle), owner, at(100), at(0)),
      evidence(writtenSince),
      strict,
      'restore',
    ],
    [
      'row 11, written since the look before',
      begun,
      evidence({ ...writtenSince, runCreatedAt: at(110) }),
      strict,
      'stale',
    ],
    [
      'row 12',
      dead,
      evidence({ now: at(130) }),
      grace,
      'go on inside the grace',
    ],
    [
      'row 12, but there was a fence',
      fence(dead, at(110), cooling),
      evidence({ now: at(130) }),
      grace,
      'cooling',
    ],
    ['row 13', dead, evidence({ now: at(249) }), strict, 'cooling'],
    [
      'row 13, a fence counts anew',
      fence(dead, at(200), cooling),
      evidence({ now: at(349) }),
      strict,
      'cooling',
    ],
  ])('%s', (_, record, seen, facts, examination) => {
    expect(examined(record, seen, facts)).toBe(examination)
  })

  const knowing = { ...dead, knowsIntrospection: true }
  const confirm: ClassFacts = {
    rotationClass: 'confirm-on-use',
    graceSeconds: 0,
  }

  test.each<[string, RotationRecord, ClassFacts, Introspection, string]>([
    ['row 14', dead, strict, 'active', 'go on'],
    ['row 15', knowing, strict, 'inactive', 'lost REAUTHORIZATION_REQUIRED'],
    [
      'row 15, but the server may not know refresh tokens',
      dead,
      strict,
      'inactive',
      'unknown TOKEN_REQUEST_INDETERMINATE',
    ],
    ['row 16', dead, confirm, 'unknown', 'go on'],
    ['row 17', dead, strict, 'unknown', 'unknown TOKEN_REQUEST_INDETERMINATE'],
  ])('%s', (_, record, facts, introspection, examination) => {
    expect(examined(record, cool, facts, introspection)).toBe(examination)
  })

  test('row 14 ends the doubt, row 16 does not', () => {
    expect(examine(dead, cool, strict, 'active')).not.toHaveProperty(
      'record.claim',
    )
    expect(examine(dead, cool, confirm, 'unknown')).toHaveProperty(
      'record.claim',
    )
  })

  test('row 5b: a person lets it go on', () => {
    const lifted = takeOver(blocked(claimed, 'unknown'), {
      owner,
      now: at(200),
      secretUpdatedAt: at(0),
      cooling,
      mayOwnerLive: false,
      isOverride: true,
    })
    expect(examined(lifted, cool, strict, 'unknown')).toBe('go on')
  })

  test('whatever was taken over is indeterminate, and no distribution any more', () => {
    const taken = takeOver(withEscrow(handingOut), {
      owner,
      now: at(200),
      secretUpdatedAt: at(0),
      cooling,
      mayOwnerLive: false,
      isOverride: false,
    })
    expect(taken.claim).toMatchObject({ isIndeterminate: true })
    expect(taken.claim).not.toHaveProperty('isForDistribution')
    expect(examined(taken, evidence())).toBe('restore')
  })

  test('row 13: an owner that may live is cooled from now on', () => {
    const taken = takeOver(claimed, {
      owner,
      now: at(2000),
      secretUpdatedAt: at(0),
      cooling,
      mayOwnerLive: true,
      isOverride: false,
    })
    expect(examined(taken, evidence({ now: at(2100) }))).toBe('cooling')
  })

  test('row 13: one that only examined has sent nothing, so nothing is pushed on', () => {
    const taken = takeOver(
      { ...dead, phase: 'examining' },
      {
        owner,
        now: at(2000),
        secretUpdatedAt: at(0),
        cooling,
        mayOwnerLive: true,
        isOverride: false,
      },
    )
    expect(taken.claim?.coolUntil).toEqual(claimed.claim?.coolUntil)
    expect(examined(taken, evidence({ now: at(2100) }))).toBe('introspect')
  })
})

describe('row 2a: a copy of its successor in a record that is idle', () => {
  test.each<[string, Evidence, string]>([
    ['is put into the secret', evidence(), 'restore'],
    [
      'also where a person has put the old one back',
      evidence(writtenSince),
      'restore',
    ],
    [
      'but not over what a run was not given',
      evidence({ ...writtenSince, runCreatedAt: at(110) }),
      'skip',
    ],
  ])('%s', (_, seen, kind) => {
    const taken = takeOver(withEscrow(idle), {
      owner,
      now: at(200),
      secretUpdatedAt: at(0),
      cooling,
      mayOwnerLive: false,
      isOverride: false,
    })
    // Nobody held it, but whoever left the copy has sent the token.
    expect(taken).toMatchObject({
      phase: 'examining',
      escrow,
      claim: { isIndeterminate: true, updatedAt: at(0), coolUntil: at(200) },
    })
    expect(examine(taken, seen, strict, undefined).kind).toBe(kind)
  })
})

describe('a claim for a distribution', () => {
  test.each([
    ['claimed', claimed],
    ['blocked', blocked(claimed, 'unknown')],
  ])('is never made from a record that is %s', (_, record) => {
    expect(() => claimForDistribution(record, owner, at(300), at(0))).toThrow(
      TypeError,
    )
  })

  test('ends with the places that are left, and nothing else changes', () => {
    expect(endDistribution(handingOut, ['a place'])).toEqual({
      ...idle,
      pendingPlaces: ['a place'],
    })
  })

  test('and its end leaves a claim to refresh alone', () => {
    expect(endDistribution(claimed)).toEqual(claimed)
  })
})
