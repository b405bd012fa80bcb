import { describe, expect, test } from '@jest/globals'

import { decide } from '../../../src/rotation/record/decide.ts'
import { examine } from '../../../src/rotation/record/examine.ts'
import type { ClassFacts } from '../../../src/rotation/record/rotation-class.ts'
import type { Evidence } from '../../../src/rotation/record/evidence.ts'
import type { Introspection } from '../../../src/rotation/ports.ts'
import {
  depositEscrow,
  block,
  claim,
  claimForDistribution,
  createRecord,
  endDistribution,
  fence,
  replaceCurrent,
  takeOver,
} from '../../../src/rotation/record/transitions.ts'
import type { RotationRecord } from '../../../src/rotation/record/record.ts'

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
  ...replaceCurrent(createRecord('salt', 'old'), 'new'),
  wrote: at(0),
}

/** Second 100: claimed. */
const claimed = claim(idle, owner, at(100), at(0), cooling)

/** The same, but only to hand the access token out. */
const handingOut = claimForDistribution(idle, owner, at(100), at(0))

function withEscrow(record: RotationRecord): RotationRecord {
  const escrow = {
    replaces: 'new',
    token: 'newer',
    sealed: { keyId: '1', encryptedValue: 'box' },
  }
  return depositEscrow(record, escrow) ?? record
}

function blocked(
  record: RotationRecord,
  credentialState: 'escrowed' | 'unknown' | 'lost',
): RotationRecord {
  return block(record, { credentialState, code: 'INTERNAL_ERROR' }, at(110))
}

function evidence(
  presented: string,
  changes: Partial<Evidence> = {},
): Evidence {
  return {
    presented,
    secret: { updatedAt: at(0), readAt: at(200) },
    runCreatedAt: at(150),
    now: at(200),
    isByPerson: false,
    ...changes,
  }
}

const writtenSince = { secret: { updatedAt: at(120), readAt: at(200) } }
const notFresh = { runCreatedAt: at(-10) }

function decided(
  record: RotationRecord | undefined,
  seen: Evidence,
  isOwnerAlive = false,
): unknown {
  const decision = decide(record, seen, isOwnerAlive, 'a new salt')
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
  test.each<[string, RotationRecord | undefined, Evidence, string]>([
    ['row 1', undefined, evidence('any'), 'go on with any'],
    ['row 1, not fresh', undefined, evidence('any', notFresh), 'stale'],
    [
      'row 1, written in the second of its creation',
      undefined,
      evidence('any', { runCreatedAt: at(0.9) }),
      'stale',
    ],
    [
      'a secret that is not there',
      undefined,
      evidence('any', { secret: 'missing' }),
      'SECRET_NOT_FOUND',
    ],
    [
      'a secret that we made and somebody deleted',
      idle,
      evidence('new', { secret: 'missing' }),
      'go on with new',
    ],
    ['row 2', idle, evidence('new'), 'go on with new'],
    ['row 2, not fresh', idle, evidence('new', notFresh), 'go on with new'],
    [
      'row 2, written since',
      idle,
      evidence('new', writtenSince),
      'go on with new',
    ],
    [
      'row 2, written since and not fresh',
      idle,
      evidence('new', { ...writtenSince, ...notFresh }),
      'stale',
    ],
    ['row 3', idle, evidence('old', notFresh), 'stale'],
    ['row 3, fresh', idle, evidence('old'), 'SECRET_MISMATCH'],
    ['row 4', idle, evidence('grant', writtenSince), 'go on with grant'],
    [
      'row 4, blocked',
      blocked(claimed, 'unknown'),
      evidence('grant', writtenSince),
      'go on with grant',
    ],
    ['row 5', idle, evidence('grant', notFresh), 'stale'],
    [
      'row 5, blocked',
      blocked(claimed, 'lost'),
      evidence('grant', notFresh),
      'stay-blocked',
    ],
    [
      'row 5a',
      blocked(withEscrow(claimed), 'escrowed'),
      evidence('new'),
      'take over',
    ],
    [
      'row 5a, but the secret was written since the claim',
      blocked(withEscrow(claimed), 'escrowed'),
      evidence('new', writtenSince),
      'stay-blocked',
    ],
    ['row 5b', blocked(claimed, 'unknown'), evidence('new'), 'stay-blocked'],
    [
      'row 5b, by a person',
      blocked(claimed, 'unknown'),
      evidence('new', { isByPerson: true }),
      'take over by a person',
    ],
    [
      'row 5b, by a person, of a dead token',
      blocked(claimed, 'lost'),
      evidence('new', { isByPerson: true }),
      'stay-blocked',
    ],
    ['row 7', claimed, evidence('new'), 'take over'],
    ['row 7a', handingOut, evidence('new'), 'go on with new'],
    [
      'row 7a, right after it',
      fence(handingOut, at(199), cooling),
      evidence('new'),
      'go on with new',
    ],
    ['row 7a, an old snapshot', handingOut, evidence('old', notFresh), 'stale'],
    ['row 7a, a new grant', handingOut, evidence('grant'), 'go on with grant'],
    [
      'row 7a, with a sealed copy of what comes next',
      withEscrow(handingOut),
      evidence('new'),
      'take over',
    ],
    [
      'row 7a, marked as indeterminate',
      {
        ...handingOut,
        ...(handingOut.claim && {
          claim: { ...handingOut.claim, isIndeterminate: true },
        }),
      },
      evidence('new'),
      'take over',
    ],
    [
      'row 7a, being examined',
      { ...handingOut, phase: 'examining' },
      evidence('new'),
      'take over',
    ],
  ])('%s', (_, record, seen, decision) => {
    expect(decided(record, seen)).toBe(decision)
  })

  test('row 6', () => {
    expect(decided(claimed, evidence('new'), true)).toBe('busy')
  })

  test('row 6, of a distribution', () => {
    expect(decided(handingOut, evidence('new'), true)).toBe('busy')
  })

  test('row 7a: what is claimed then is claimed for the first time', () => {
    const decision = decide(handingOut, evidence('new'), false, '')
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
    expect(decided(again, evidence('new', { isByPerson: true }))).toBe(
      'stay-blocked',
    )
  })

  test('rests after the post step has done the work of main', () => {
    const resting = { ...idle, restUntil: at(230) }
    expect(decided(resting, evidence('new'))).toBe('cooling')
    expect(decided(resting, evidence('new', { now: at(230) }))).toBe(
      'go on with new',
    )
  })

  test('without the time of creation, what is newer than our write is fresh', () => {
    const { runCreatedAt: _, ...seen } = evidence('grant', writtenSince)
    expect(decided(idle, seen)).toBe('go on with grant')
    const { runCreatedAt: __, ...older } = evidence('grant')
    expect(decided(idle, older)).toBe('stale')
  })

  test('a new grant counts from now on, and nothing of the old one is open', () => {
    const decision = decide(
      blocked(withEscrow(claimed), 'escrowed'),
      evidence('grant', writtenSince),
      false,
      '',
    )
    expect(decision).toMatchObject({
      kind: 'go-on',
      record: { phase: 'idle', current: 'grant', superseded: ['new', 'old'] },
    })
    expect(decision).not.toHaveProperty('record.claim')
    expect(decision).not.toHaveProperty('record.escrow')
    expect(decision).not.toHaveProperty('record.block')
  })
})

describe('after taking over', () => {
  const grace: ClassFacts = { rotationClass: 'grace', graceSeconds: 60 }
  const late = { now: at(1000), runCreatedAt: at(900) }

  function examined(
    record: RotationRecord,
    seen: Evidence,
    facts = strict,
    introspection?: Introspection,
  ): string {
    const examination = examine(record, seen, facts, introspection)
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
    ['row 8', withEscrow(claimed), evidence('new'), strict, 'restore'],
    [
      'row 9',
      claimed,
      evidence('new', { ...writtenSince, runCreatedAt: at(110) }),
      strict,
      'stale',
    ],
    [
      'row 9a, with an escrow',
      withEscrow(claimed),
      evidence('new', writtenSince),
      strict,
      'restore',
    ],
    [
      'row 9a, without one',
      claimed,
      evidence('new', { ...writtenSince, ...late }),
      strict,
      'introspect',
    ],
    ['row 10', claimed, evidence('newer', writtenSince), strict, 'adopt'],
    [
      'row 10, before the cooling is over',
      claimed,
      evidence('newer', { ...writtenSince, now: at(121) }),
      strict,
      'adopt',
    ],
    [
      'row 11',
      claimed,
      evidence('newer', { ...writtenSince, ...notFresh }),
      strict,
      'stale',
    ],
    [
      'row 11, fresh',
      claimed,
      evidence('old'),
      strict,
      'unknown SECRET_MISMATCH',
    ],
    [
      'row 12',
      claimed,
      evidence('new', { now: at(130) }),
      grace,
      'go on inside the grace',
    ],
    [
      'row 12, but there was a fence',
      fence(claimed, at(110), cooling),
      evidence('new', { now: at(130) }),
      grace,
      'cooling',
    ],
    ['row 13', claimed, evidence('new', { now: at(249) }), strict, 'cooling'],
    [
      'row 13, a fence counts anew',
      fence(claimed, at(200), cooling),
      evidence('new', { now: at(349) }),
      strict,
      'cooling',
    ],
  ])('%s', (_, record, seen, facts, examination) => {
    expect(examined(record, seen, facts)).toBe(examination)
  })

  const cool = evidence('new', late)
  const knowing = { ...claimed, knowsIntrospection: true }
  const confirm: ClassFacts = {
    rotationClass: 'confirm-on-use',
    graceSeconds: 0,
  }

  test.each<[string, RotationRecord, ClassFacts, Introspection, string]>([
    ['row 14', claimed, strict, 'active', 'go on'],
    ['row 15', knowing, strict, 'inactive', 'lost REAUTHORIZATION_REQUIRED'],
    [
      'row 15, but the server may not know refresh tokens',
      claimed,
      strict,
      'inactive',
      'unknown TOKEN_REQUEST_INDETERMINATE',
    ],
    ['row 16', claimed, confirm, 'unknown', 'go on'],
    [
      'row 17',
      claimed,
      strict,
      'unknown',
      'unknown TOKEN_REQUEST_INDETERMINATE',
    ],
  ])('%s', (_, record, facts, introspection, examination) => {
    expect(examined(record, cool, facts, introspection)).toBe(examination)
  })

  test('row 14 ends the doubt, row 16 does not', () => {
    expect(examine(claimed, cool, strict, 'active')).not.toHaveProperty(
      'record.claim',
    )
    expect(examine(claimed, cool, confirm, 'unknown')).toHaveProperty(
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
    expect(examined(taken, evidence('new'))).toBe('restore')
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
    expect(examined(taken, evidence('new', { now: at(2100) }))).toBe('cooling')
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
