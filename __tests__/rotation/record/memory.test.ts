import { describe, expect, test } from '@jest/globals'

import {
  remember,
  type LastRun,
  type Memory,
} from '../../../src/rotation/record/memory.ts'
import { readFields } from '../../../src/rotation/record/record-description.ts'
import type { RotationRecord } from '../../../src/rotation/record/record.ts'
import {
  outcomes,
  type Outcome,
} from '../../../src/rotation/outcome/outcome.ts'

const time = new Date('2026-01-01T12:00:00Z')

function end(outcome: Outcome): LastRun {
  return {
    outcome,
    credentialState: 'unchanged',
    at: time,
    durations: { run: 1200 },
    runId: '4711',
    attempt: '2',
    event: 'schedule',
    actor: 'octocat',
    version: '1.0.0',
  }
}

function after(...ends: readonly Outcome[]): Memory | undefined {
  return ends.reduce<Memory | undefined>(
    (memory, outcome) => remember(memory, end(outcome)),
    undefined,
  )
}

describe('a run', () => {
  test('is the last one, until another ends', () => {
    expect(after('rotated')).toEqual({
      last: end('rotated'),
      failures: 0,
      totals: { rotated: 1 },
    })
    expect(after('rotated', 'distributed')?.last).toEqual(end('distributed'))
  })

  test('is counted by its outcome, for good', () => {
    const ends = ['rotated', 'failed', 'rotated', 'not-rotated'] as const
    expect(after(...ends)?.totals).toEqual({
      rotated: 2,
      failed: 1,
      'not-rotated': 1,
    })
  })

  test('changes nothing of what was remembered before', () => {
    const before = after('failed')
    remember(before, end('failed'))
    expect(before).toEqual(after('failed'))
  })
})

describe('failures', () => {
  test.each<[number, Outcome[]]>([
    [1, ['failed']],
    [3, ['failed', 'failed', 'failed']],
    [3, ['partial', 'failed', 'failed']],
    [1, ['failed', 'failed', 'rotated', 'partial']],
  ])('are %i in a row after %j', (failures, ends) => {
    expect(after(...ends)?.failures).toBe(failures)
  })

  test.each(outcomes)('are over, or one more, after %s', (outcome) => {
    const isFailure = ['failed', 'partial'].includes(outcome)
    const memory = after('failed', 'failed', outcome)
    expect(memory?.failures).toBe(isFailure ? 3 : 0)
    // What has ended well does not take back what has not.
    expect(memory?.totals.failed).toBe(outcome === 'failed' ? 3 : 2)
  })
})

describe('what is remembered comes back as it was written', () => {
  const idle: RotationRecord = {
    phase: 'idle',
    sequence: 3,
    current: 'the-token',
    spent: ['spent'],
    place: ':/rt',
    pendingPlaces: [],
    knowsIntrospection: false,
    wrote: time,
  }

  const whole: Memory = {
    last: {
      ...end('partial'),
      errorCode: 'PERMISSION_MISSING',
      durations: { run: 3, tokenRequest: 2, store: 1 },
      status: 200,
      actor: 'dependabot[bot]',
      event: 'workflow_dispatch',
    },
    failures: 1,
    totals: { partial: 1, rotated: 1000 },
  }

  function read(memory: unknown): RotationRecord {
    const text = JSON.stringify({ ...idle, memory })
    return readFields(JSON.parse(text) as object)
  }

  test.each<[string, Memory]>([
    ['the least', { last: end('rotated'), failures: 0, totals: {} }],
    ['everything', whole],
    [
      'nobody, for no reason',
      { ...whole, last: { ...whole.last, actor: '', event: '' } },
    ],
    ...outcomes.map((outcome): [string, Memory] => [
      outcome,
      remember(whole, end(outcome)),
    ]),
  ])('%s', (_, memory) => {
    expect(read(memory)).toEqual({ ...idle, memory })
  })

  test('an error that only another version knows is one all the same', () => {
    const last = { ...whole.last, errorCode: 'NEWER' }
    expect(read({ ...whole, last }).memory?.last.errorCode).toBe('UNKNOWN')
  })

  const { last } = whole

  test.each<[string, unknown]>([
    ['nothing', null],
    ['a text', 'rotated'],
    ['a list', [whole]],
    ['no last run', { failures: 0, totals: {} }],
    ['no count', { last, totals: {} }],
    ['no totals', { last, failures: 0 }],
    ['a count below nothing', { ...whole, failures: -1 }],
    ['a total that is none', { ...whole, totals: { rotated: '1' } }],
    ['an outcome that is none', { ...whole, last: { ...last, outcome: 'ok' } }],
    [
      'a state that is none',
      { ...whole, last: { ...last, credentialState: 1 } },
    ],
    ['no time', { ...whole, last: { ...last, at: 'yesterday' } }],
    [
      'half a millisecond',
      { ...whole, last: { ...last, durations: { run: 0.5 } } },
    ],
    ['no durations', { ...whole, last: { ...last, durations: undefined } }],
    ['a path for a run', { ...whole, last: { ...last, runId: '1/2' } }],
    ['markup for a person', { ...whole, last: { ...last, actor: '<b>' } }],
    ['lines for an event', { ...whole, last: { ...last, event: 'a\nb' } }],
    ['no version', { ...whole, last: { ...last, version: '' } }],
  ])(
    'unless it is %s: the rest of the record counts without it',
    (_, memory) => {
      expect(read(memory)).toEqual(idle)
    },
  )

  test('not what stands where the rest of the record is malformed', () => {
    const { memory: _, ...rest } = { ...idle, memory: whole }
    expect(() =>
      readFields({ ...rest, memory: whole, phase: 'blokked' }),
    ).toThrow(TypeError)
  })
})
