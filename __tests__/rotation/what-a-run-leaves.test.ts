import { beforeEach, describe, expect, test } from '@jest/globals'

import type { RotationReport } from '../../src/rotation/outcome/outcome.ts'
import type { Memory } from '../../src/rotation/record/memory.ts'
import { signVersion } from '../../src/rotation/record/version.ts'
import { SecretValue } from '../../src/rotation/tokens/secret-value.ts'
import { refusal, unreachable } from '../support/in-memory.ts'
import { Rehearsal, type RehearsalOptions } from '../support/rehearsal.ts'

const MINUTE = 60_000

let rehearsal: Rehearsal

beforeEach(() => {
  rehearsal = new Rehearsal()
})

interface Left {
  readonly report: RotationReport
  /** How many transitions the run has made. */
  readonly transitions: number
  readonly memory: Memory | undefined
}

async function leaves(act: () => Promise<RotationReport>): Promise<Left> {
  const { records } = rehearsal
  const before = records.versions.length
  const report = await act()
  return {
    report,
    transitions: records.versions.length - before,
    memory: records.record?.memory,
  }
}

function run(options: RehearsalOptions = {}): Promise<Left> {
  return leaves(() => rehearsal.run(options))
}

/** Each way in which the authorization server can answer. */
function answer(next: typeof rehearsal.authorizationServer.next): void {
  rehearsal.authorizationServer.next = next
}

const outcomeOf = ({ memory }: Left): string | undefined => memory?.last.outcome

describe('a run that ends well', () => {
  test('says all that is known of it', async () => {
    const began = [0, 1500, 2700]
    rehearsal.store.system.elapsedMilliseconds = () => began.shift() ?? 9000
    const { authorizationServer } = rehearsal
    const refresh = authorizationServer.refresh.bind(authorizationServer)
    authorizationServer.refresh = async (token) => ({
      ...(await refresh(token)),
      status: 200,
    })
    const { memory } = await run()
    expect(memory).toEqual({
      last: {
        outcome: 'rotated',
        credentialState: 'stored',
        at: rehearsal.store.now(),
        durations: { run: 9000, tokenRequest: 1500, store: 6300 },
        status: 200,
        runId: '1',
        attempt: '1',
        event: 'schedule',
        actor: 'octocat',
        version: '1.0.0',
      },
      failures: 0,
      totals: { rotated: 1 },
    })
  })

  test.each<[string, string[], number]>([
    ['with places, in its last transition', ['AT'], 3],
    ['without any, when it commits', [], 2],
  ])('is remembered %s', async (_, accessTokenPlaces, transitions) => {
    const left = await run({ accessTokenPlaces })
    expect(outcomeOf(left)).toBe('rotated')
    expect(left.transitions).toBe(transitions)
  })

  test.each<[string, string[], number]>([
    ['with places', ['AT'], 3],
    ['without any', [], 2],
  ])(
    'is remembered %s that got no new refresh token',
    async (_, accessTokenPlaces, transitions) => {
      answer({
        kind: 'issued',
        tokens: { accessToken: new SecretValue('access-token-9') },
        defects: [],
      })
      const left = await run({ accessTokenPlaces })
      expect(left.memory).toMatchObject({
        last: { outcome: 'not-rotated', credentialState: 'unchanged' },
        totals: { 'not-rotated': 1 },
      })
      expect(left.transitions).toBe(transitions)
    },
  )

  test('is partial while a place is left, which the next run finishes', async () => {
    rehearsal.store.refusals.set('write AT', refusal)
    const partial = await run()
    expect(partial.memory).toMatchObject({
      last: {
        outcome: 'partial',
        credentialState: 'stored',
        errorCode: 'PERMISSION_MISSING',
      },
      failures: 1,
    })
    expect(partial.transitions).toBe(3)
    rehearsal.store.refusals.clear()
    const storedAccessToken = new SecretValue('access-token-1')
    const finished = await run({ rotation: { storedAccessToken } })
    expect(finished.memory).toMatchObject({
      last: { outcome: 'distributed' },
      failures: 0,
      totals: { partial: 1, distributed: 1 },
    })
    expect(finished.memory?.last).not.toHaveProperty('errorCode')
    expect(finished.transitions).toBe(2)
  })

  test('is partial, too, when it is cancelled before it distributes', async () => {
    const { authorizationServer, job } = rehearsal
    const refresh = authorizationServer.refresh.bind(authorizationServer)
    authorizationServer.refresh = (token) => {
      job.isToEnd = true
      return refresh(token)
    }
    const left = await run()
    expect(left.report.outcome).toBe('partial')
    expect(left.memory).toMatchObject({
      last: {
        outcome: 'partial',
        credentialState: 'stored',
        errorCode: left.report.errorCode,
      },
      failures: 1,
    })
    // The claim, the commit, and the end of the claim.
    expect(left.transitions).toBe(3)
    expect(rehearsal.record.phase).toBe('idle')
  })

  test('counts on from what the record remembers', async () => {
    answer({ kind: 'refused', reason: 'client', answer: 'HTTP 401' })
    await run()
    expect((await run()).memory?.failures).toBe(2)
    answer(undefined)
    expect((await run()).memory).toMatchObject({
      failures: 0,
      totals: { failed: 2, rotated: 1 },
    })
  })

  test('knows nothing of a record of another grant', async () => {
    await run()
    rehearsal.store.system.pass(3 * MINUTE)
    rehearsal.store.set('RT', 'grant')
    rehearsal.authorizationServer.live = 'grant'
    expect((await run()).memory?.totals).toEqual({ rotated: 1 })
  })
})

describe('a run that recovers a token', () => {
  test('from the record is remembered in the transition that says so', async () => {
    rehearsal.store.refusals.set('write RT', refusal)
    const failed = await run()
    expect(failed.memory).toMatchObject({
      last: {
        outcome: 'failed',
        credentialState: 'escrowed',
        errorCode: 'PERMISSION_MISSING',
      },
      failures: 1,
      totals: { failed: 1 },
    })
    // The claim, and the block with the copy.
    expect(failed.transitions).toBe(2)
    rehearsal.store.refusals.clear()
    const recovered = await run()
    expect(recovered.memory).toMatchObject({
      last: { outcome: 'recovered-escrow', credentialState: 'stored' },
      failures: 0,
      totals: { failed: 1, 'recovered-escrow': 1 },
    })
    // It is taken over, and committed.
    expect(recovered.transitions).toBe(2)
  })

  test('from the journal, too', async () => {
    await rehearsal.runUntilWritten('RT')
    const left = await leaves(() => rehearsal.finish())
    expect(left.report.outcome).toBe('recovered-journal')
    expect(left.memory).toMatchObject({
      last: { outcome: 'recovered-journal', credentialState: 'stored' },
      totals: { 'recovered-journal': 1 },
    })
  })
})

describe('a run that fails before the claim', () => {
  test('adds exactly one transition, in which nothing else changes', async () => {
    await run()
    const before = rehearsal.record
    rehearsal.store.refusals.set('prepare AT', refusal)
    rehearsal.store.refusals.set('probe store', refusal)
    const read = await run()
    rehearsal.store.refusals.delete('prepare AT')
    const proven = await run()
    for (const left of [read, proven]) {
      expect(left.transitions).toBe(1)
      expect(left.memory?.last).toMatchObject({
        outcome: 'failed',
        credentialState: 'unchanged',
        errorCode: 'PERMISSION_MISSING',
      })
      expect(left.memory?.last).not.toHaveProperty('status')
    }
    expect(proven.memory).toMatchObject({
      failures: 2,
      totals: { rotated: 1, failed: 2 },
    })
    expect({ ...rehearsal.record, memory: before.memory }).toEqual(before)
    rehearsal.store.refusals.clear()
    expect((await run()).memory?.failures).toBe(0)
  })

  test('says so on a record that is blocked, which stays blocked', async () => {
    answer({ kind: 'invalid-grant', answer: 'HTTP 400' })
    const blocking = await run()
    expect(blocking.transitions).toBe(2)
    const { block } = rehearsal.record
    const still = await run()
    expect(still.transitions).toBe(1)
    expect(still.memory).toMatchObject({
      last: { outcome: 'failed', errorCode: 'REAUTHORIZATION_REQUIRED' },
      failures: 2,
    })
    expect(rehearsal.record).toMatchObject({ phase: 'blocked', block })
  })

  test('leaves no trace where there is no record of its token', async () => {
    rehearsal.store.refusals.set('probe store', refusal)
    const left = await run()
    expect(left).toMatchObject({
      transitions: 0,
      report: { outcome: 'failed' },
    })
  })

  test('leaves it out when another is faster', async () => {
    await run()
    rehearsal.store.call = (what) => {
      if (what !== 'probe store') return
      rehearsal.append(rehearsal.record)
      throw new Error('a defect')
    }
    const left = await run()
    expect(left.report.outcome).toBe('failed')
    // That of the other.
    expect(left.transitions).toBe(1)
    expect(outcomeOf(left)).toBe('rotated')
  })

  test('does not touch a record that another one holds', async () => {
    answer({ kind: 'indeterminate', answer: 'ECONNRESET' })
    const { memory } = await run()
    rehearsal.store.refusals.set('prepare AT', refusal)
    const left = await run()
    expect(left).toMatchObject({
      transitions: 0,
      report: { outcome: 'failed', errorCode: 'PERMISSION_MISSING' },
      memory,
    })
  })

  test('has failed for its own reason where the record is out of reach', async () => {
    await run()
    rehearsal.store.refusals.set('probe store', refusal)
    rehearsal.records.next.push(unreachable)
    const left = await run()
    expect(left).toMatchObject({
      transitions: 0,
      report: { outcome: 'failed', errorCode: 'PERMISSION_MISSING' },
    })
  })
})

describe('a run that fails after the claim', () => {
  beforeEach(async () => {
    await run()
  })

  test.each<[string, () => void, object, number]>([
    [
      'when it gives its claim back',
      () => {
        answer({
          kind: 'refused',
          reason: 'client',
          answer: 'HTTP 401',
          status: 401,
        })
      },
      {
        errorCode: 'CLIENT_AUTHENTICATION_FAILED',
        credentialState: 'unchanged',
        status: 401,
      },
      2,
    ],
    [
      'when it blocks the record',
      () => {
        answer({ kind: 'invalid-grant', answer: 'HTTP 400', status: 400 })
      },
      {
        errorCode: 'REAUTHORIZATION_REQUIRED',
        credentialState: 'lost',
        status: 400,
      },
      2,
    ],
    [
      'when it leaves the token in the record',
      () => {
        rehearsal.store.refusals.set('write RT', refusal)
      },
      { errorCode: 'PERMISSION_MISSING', credentialState: 'escrowed' },
      2,
    ],
    [
      'when a person was faster',
      () => {
        const { authorizationServer, store } = rehearsal
        const refresh = authorizationServer.refresh.bind(authorizationServer)
        authorizationServer.refresh = (token) => {
          store.set('RT', 'a fresh grant')
          return refresh(token)
        }
      },
      { errorCode: 'SECRET_CHANGED_MEANWHILE', credentialState: 'unknown' },
      2,
    ],
    [
      // Nothing else would say so: this run makes no transition but this one.
      'when its claim stays, by one more',
      () => {
        answer({ kind: 'indeterminate', answer: 'HTTP 502', status: 502 })
      },
      {
        errorCode: 'TOKEN_REQUEST_INDETERMINATE',
        credentialState: 'unknown',
        status: 502,
      },
      2,
    ],
  ])('says so %s', async (_, arrange, last, transitions) => {
    arrange()
    const left = await run()
    expect(left.memory).toMatchObject({
      last: { ...last, outcome: 'failed', runId: '2' },
      failures: 1,
      totals: { rotated: 1, failed: 1 },
    })
    expect(left.transitions).toBe(transitions)
  })

  test('keeps its claim as it was, for the next run to judge', async () => {
    answer({ kind: 'indeterminate', answer: 'HTTP 502' })
    await run()
    const [claimed, noted] = rehearsal.records.history.slice(-2)
    expect(noted).toEqual({ ...claimed, memory: expect.any(Object) })
    expect(noted?.phase).toBe('claimed')
  })
})

describe('a run says nothing', () => {
  beforeEach(async () => {
    await run()
  })

  function unnoticed(left: Left): void {
    expect(left.memory).toMatchObject({
      last: { outcome: 'rotated', runId: '1' },
      totals: { rotated: 1 },
    })
    expect(Object.keys(left.memory?.totals ?? {})).toEqual(['rotated'])
  }

  test('that is dry', async () => {
    const dry = { rotation: { isDryRun: true } }
    const left = await run(dry)
    expect(left).toMatchObject({
      transitions: 0,
      report: { outcome: 'dry-run' },
    })
    unnoticed(left)
    rehearsal.store.refusals.set('probe store', refusal)
    const failed = await run(dry)
    expect(failed).toMatchObject({
      transitions: 0,
      report: { outcome: 'failed' },
    })
    unnoticed(failed)
  })

  test('that has nothing to do', async () => {
    const storedAccessToken = new SecretValue('access-token-1')
    const left = await run({ rotation: { storedAccessToken } })
    expect(left).toMatchObject({
      transitions: 0,
      report: { outcome: 'skipped-not-due' },
    })
    unnoticed(left)
  })

  test('that was given an outdated token', async () => {
    const left = await leaves(() =>
      rehearsal.runQueued({ presented: 'refresh-token-0' }),
    )
    expect(left).toMatchObject({
      transitions: 0,
      report: { outcome: 'skipped-stale' },
    })
    unnoticed(left)
  })

  test('that lets another one work, or its request cool', async () => {
    answer({ kind: 'indeterminate', answer: 'ECONNRESET' })
    const { memory } = await run()
    rehearsal.runs.running.add('2')
    const busy = await run()
    expect(busy).toMatchObject({
      transitions: 0,
      report: { outcome: 'skipped-busy' },
    })
    rehearsal.runs.running.clear()
    const cooling = await run()
    // It has taken the record over, which says nothing of its own end.
    expect(cooling).toMatchObject({
      transitions: 1,
      report: { outcome: 'skipped-cooling' },
    })
    for (const left of [busy, cooling]) expect(left.memory).toEqual(memory)
  })

  test('that was cancelled', async () => {
    rehearsal.job.isToEnd = true
    const left = await run()
    expect(left).toMatchObject({
      transitions: 0,
      report: { outcome: 'cancelled' },
    })
    unnoticed(left)
  })

  test('of what it could not give back, but of what it could', async () => {
    const { records, store } = rehearsal
    const move = records.move.bind(records)
    let moves = 0
    records.move = async (from, to) => {
      const moved = await move(from, to)
      moves += 1
      if (moves === 1) {
        store.system.pass(2 * MINUTE)
        // Somebody without the token: the record is still this run's.
        records.append({ by: 'hand' })
      }
      return moved
    }
    const left = await run()
    expect(left.report.errorCode).toBe('RECORD_LOST')
    expect(rehearsal.record.phase).toBe('idle')
    // Its claim, the text of somebody, and the end of its claim.
    expect(left.transitions).toBe(3)
    expect(left.memory?.last).toMatchObject({
      outcome: 'failed',
      errorCode: 'RECORD_LOST',
    })
  })

  test('that has lost the record and left its token in it', async () => {
    const { authorizationServer, store } = rehearsal
    const { record: idle } = rehearsal
    const refresh = authorizationServer.refresh.bind(authorizationServer)
    authorizationServer.refresh = (token) => {
      store.system.pass(2 * MINUTE)
      // Another has taken the record from it, and given it back.
      rehearsal.append(idle)
      return refresh(token)
    }
    const left = await run()
    expect(left.report).toMatchObject({
      outcome: 'failed',
      errorCode: 'RECORD_LOST',
      credentialState: 'escrowed',
    })
    // Its claim, what the other wrote, and the copy.
    expect(left.transitions).toBe(3)
    unnoticed(left)
    expect((await run()).report.outcome).toBe('recovered-escrow')
  })

  test('that has lost the record to somebody who may be at work', async () => {
    const { authorizationServer, records, store } = rehearsal
    const move = records.move.bind(records)
    let moves = 0
    records.move = async (from, to) => {
      const moved = await move(from, to)
      moves += 1
      if (moves === 1) {
        // Silent for long enough that it has to prove its claim before it sends.
        store.system.pass(2 * MINUTE)
        const { record } = rehearsal
        const { claim } = record
        if (!claim) throw new Error('nobody has it')
        const owner = { ...claim.owner, nonce: 'another' }
        records.append(
          signVersion(
            { ...record, claim: { ...claim, owner } },
            records.tip,
            rehearsal.keyring.named(record.current),
          ),
        )
      }
      return moved
    }
    const left = await run()
    expect(left.report).toMatchObject({
      outcome: 'failed',
      errorCode: 'RECORD_LOST',
    })
    // Its claim, and that of the other.
    expect(left.transitions).toBe(2)
    expect(authorizationServer.presented).toHaveLength(1)
    unnoticed(left)
  })
})
