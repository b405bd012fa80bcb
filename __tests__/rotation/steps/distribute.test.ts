import { beforeEach, describe, expect, test } from '@jest/globals'

import type { Rotation } from '../../../src/rotation/rotation.ts'
import type { ClassFacts } from '../../../src/rotation/record/rotation-class.ts'
import type { RotationReport } from '../../../src/rotation/outcome/outcome.ts'
import type { JournalEntry } from '../../../src/rotation/ports.ts'
import type { RotationRecord } from '../../../src/rotation/record/record.ts'
import { SecretValue } from '../../../src/rotation/tokens/secret-value.ts'
import {
  refusal,
  unreachable,
  type InMemoryAuthorizationServer,
  type InMemoryStore,
} from '../../support/in-memory.ts'
import { Rehearsal, type RehearsalOptions } from '../../support/rehearsal.ts'

const MINUTE = 60_000

/** Says itself that it is good for a day; nobody has issued it. */
const jwt = [
  { alg: 'ES256' },
  { exp: Date.parse('2026-01-02T12:00:00Z') / 1000 },
  'signature',
]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .join('.')

const places = ['AT', 'AT2']

let rehearsal: Rehearsal
let store: InMemoryStore
let authorizationServer: InMemoryAuthorizationServer

beforeEach(() => {
  rehearsal = new Rehearsal()
  ;({ store, authorizationServer } = rehearsal)
})

/** What a run is told, with the access token that it is given. */
function given(
  token?: string,
  rotation: Partial<Rotation> = {},
): RehearsalOptions {
  const storedAccessToken = token && new SecretValue(token)
  return {
    accessTokenPlaces: places,
    rotation: { ...rotation, ...(storedAccessToken && { storedAccessToken }) },
  }
}

function run(
  token?: string,
  rotation: Partial<Rotation> = {},
): Promise<RotationReport> {
  return rehearsal.run(given(token, rotation))
}

function holding(...names: readonly string[]): (string | undefined)[] {
  return names.map((name) => store.values.get(name))
}

function writes(): string[] {
  return store.calls.filter((call) => call.startsWith('write'))
}

/** Another run takes the record, after this one has been silent for long. */
async function takeRecordAway(): Promise<void> {
  const { record } = rehearsal
  const { claim } = record
  if (!claim) throw new Error('nobody has it')
  store.system.pass(2 * MINUTE)
  rehearsal.append({
    ...record,
    claim: { ...claim, owner: { ...claim.owner, nonce: 'another' } },
  })
}

describe('while an access token is distributed', () => {
  test('nobody else may distribute another one', async () => {
    const held = await rehearsal.runUntilWritten('AT', given())
    rehearsal.runs.running.add('1')
    expect(rehearsal.record).toMatchObject({
      phase: 'claimed',
      sequence: 1,
      claim: { isForDistribution: true, isIndeterminate: false },
    })
    const forced = { isForced: true, isByPerson: true }
    expect((await run()).outcome).toBe('skipped-busy')
    expect((await run(undefined, forced)).outcome).toBe('skipped-busy')
    expect((await held.goOn()).outcome).toBe('rotated')
    expect(rehearsal.record).toMatchObject({ phase: 'idle', pendingPlaces: [] })
    expect(rehearsal.record.claim).toBeUndefined()
    expect(authorizationServer.presented).toHaveLength(1)
  })

  test('that is so without a new refresh token, too', async () => {
    const facts = { rotationClass: 'non-rotating' as const, graceSeconds: 0 }
    authorizationServer.next = {
      kind: 'issued',
      tokens: { accessToken: new SecretValue('access-token-9') },
      defects: [],
    }
    const held = await rehearsal.runUntilWritten('AT', given('', { facts }))
    expect(rehearsal.record.claim?.isForDistribution).toBe(true)
    expect((await held.goOn()).outcome).toBe('not-rotated')
    expect(rehearsal.record.phase).toBe('idle')
  })

  test('it costs no transition more', async () => {
    await run()
    expect(rehearsal.records.history).toMatchObject([
      { phase: 'claimed', pendingPlaces: [] },
      { phase: 'claimed', pendingPlaces: ['store_AT', 'store_AT2'] },
      { phase: 'idle', pendingPlaces: [] },
    ])
  })

  test('an indeterminate claim is left as it is', async () => {
    authorizationServer.next = { kind: 'indeterminate', answer: 'ECONNRESET' }
    await run()
    const [first, second] = rehearsal.records.history
    expect(first).toMatchObject({ phase: 'claimed' })
    // It only says how the run has ended.
    expect(second).toEqual({ ...first, memory: expect.any(Object) })
  })

  test('a write is not repeated once the record is lost', async () => {
    store.stumbles.set('write AT', takeRecordAway)
    expect(await run()).toMatchObject({
      outcome: 'partial',
      places: [
        { status: 'written' },
        { status: 'not written' },
        { status: 'writable' },
      ],
    })
    expect(writes()).toEqual(['write RT'])
  })

  test('the post step beside main leaves what main has committed alone', async () => {
    const { journal } = rehearsal
    const entries: JournalEntry[] = []
    const write = journal.write.bind(journal)
    journal.write = (entry) => {
      entries.push(entry)
      write(entry)
    }
    const held = await rehearsal.runUntilWritten('AT', given())
    // It has read the journal before main stored the token, and cannot look.
    journal.entry = entries[0]
    store.refusals.set('inspect RT', refusal)
    const places = { ...given(), runId: '1' }
    expect((await rehearsal.finish(places)).outcome).toBe('failed')
    expect(rehearsal.record.claim?.isForDistribution).toBe(true)
    expect(rehearsal.record.block).toBeUndefined()
    expect((await held.goOn()).outcome).toBe('rotated')
    expect(rehearsal.record).toMatchObject({ phase: 'idle', pendingPlaces: [] })
  })

  test('without places nobody is kept away', async () => {
    await rehearsal.run({ accessTokenPlaces: [] })
    const phases = rehearsal.records.history.map(({ phase }) => phase)
    expect(phases).toEqual(['claimed', 'idle'])
  })

  test.each(['does not work', 'is not wanted any more'])(
    'a token that %s stays where it is, and the record is given back',
    async (why) => {
      const what = { ...refusal, what: 'HTTP 401.' }
      const refresh = authorizationServer.refresh.bind(authorizationServer)
      if (why === 'does not work') {
        rehearsal.healthCheck = { check: async () => what }
      } else {
        authorizationServer.refresh = (token) => {
          rehearsal.job.isToEnd = true
          return refresh(token)
        }
      }
      expect((await run()).accessToken).toBeUndefined()
      expect(writes()).toEqual(['write RT'])
      expect(rehearsal.record).toMatchObject({
        phase: 'idle',
        pendingPlaces: ['store_AT', 'store_AT2'],
      })
      expect(rehearsal.record.claim).toBeUndefined()
    },
  )

  test('a cancelled job stops between two places', async () => {
    const held = await rehearsal.runUntilWritten('AT', given())
    rehearsal.job.isToEnd = true
    expect(await held.goOn()).toMatchObject({
      outcome: 'partial',
      errorCode: 'CANCELLED',
      credentialState: 'stored',
      places: [
        { status: 'written' },
        { status: 'written' },
        { status: 'writable' },
      ],
    })
    expect(rehearsal.record).toMatchObject({
      phase: 'idle',
      pendingPlaces: ['store_AT2'],
    })
  })

  test('a run that has lost the record writes nothing more', async () => {
    const held = await rehearsal.runUntilWritten('AT', given())
    await takeRecordAway()
    expect(await held.goOn()).toMatchObject({
      outcome: 'partial',
      errorCode: 'RECORD_LOST',
    })
    expect(writes()).toEqual(['write RT', 'write AT'])
    expect(rehearsal.record.claim?.owner.nonce).toBe('another')
  })

  test('nor does one whose token was replaced meanwhile', async () => {
    const held = await rehearsal.runUntilWritten('AT', given())
    store.system.pass(2 * MINUTE)
    expect((await run()).outcome).toBe('rotated')
    expect(await held.goOn()).toMatchObject({
      outcome: 'partial',
      errorCode: 'RECORD_LOST',
      credentialState: 'stored',
    })
    expect(holding(...places)).toEqual(['access-token-2', 'access-token-2'])
    expect(rehearsal.record).toMatchObject({ phase: 'idle', sequence: 2 })
  })
})

describe('a run that comes after an unfinished distribution', () => {
  let before: number

  function historySince(): RotationRecord[] {
    return rehearsal.records.history.slice(before)
  }

  beforeEach(async () => {
    store.refusals.set('write AT2', refusal)
    await run()
    store.refusals.clear()
    store.calls.length = 0
    before = rehearsal.records.history.length
  })

  test('finishes it without a token request', async () => {
    const report = await run('access-token-1')
    expect(report).toMatchObject({
      outcome: 'distributed',
      credentialState: 'unchanged',
      verdict:
        'The access token of an earlier run is now in all of its places. No token request was sent.',
      expiresAt: new Date('2026-01-01T13:00:00Z'),
      sequence: 1,
      places: [
        { status: 'untouched' },
        { status: 'untouched' },
        { status: 'written' },
      ],
    })
    expect(report.accessToken?.reveal()).toBe('access-token-1')
    expect(holding(...places)).toEqual(['access-token-1', 'access-token-1'])
    expect(writes()).toEqual(['write AT2'])
    expect(store.calls).not.toContain('probe store')
    expect(authorizationServer.presented).toHaveLength(1)
    expect(historySince()).toMatchObject([
      { phase: 'claimed', claim: { isForDistribution: true } },
      { phase: 'idle', sequence: 1, pendingPlaces: [] },
    ])
    expect(rehearsal.record.claim).toBeUndefined()
    expect((await run('access-token-1')).outcome).toBe('skipped-not-due')
  })

  test.each<[string, string | undefined, Partial<Rotation>, number]>([
    ['is not given that access token', undefined, {}, 0],
    ['is given another one', jwt, {}, 0],
    ['is given one that is not good for long enough', 'access-token-1', {}, 46],
    ['is forced', 'access-token-1', { isForced: true }, 0],
  ])('rotates when it %s', async (_, token, rotation, minutes) => {
    store.system.pass(minutes * MINUTE)
    expect((await run(token, rotation)).outcome).toBe('rotated')
    expect(holding(...places)).toEqual(['access-token-2', 'access-token-2'])
  })

  test('tries the access token before it is distributed', async () => {
    const tried: string[] = []
    rehearsal.healthCheck = {
      async check(token) {
        tried.push(`${token.reveal()} after ${writes().length}`)
        return undefined
      },
    }
    expect((await run('access-token-1')).outcome).toBe('distributed')
    expect(tried).toEqual(['access-token-1 after 0'])
  })

  describe('with an access token that does not work', () => {
    beforeEach(() => {
      rehearsal.healthCheck = {
        async check(token) {
          return token.reveal() === 'access-token-1' ? refusal : undefined
        },
      }
    })

    test('rotates, and nobody gets that token', async () => {
      expect((await run('access-token-1')).outcome).toBe('rotated')
      expect(holding(...places)).toEqual(['access-token-2', 'access-token-2'])
    })

    test('does not fall back on it, nor hand it to the job', async () => {
      authorizationServer.isClientKnown = false
      const report = await run('access-token-1', {
        fallback: 'stored-access-token',
      })
      expect(report.outcome).toBe('failed')
      expect(report.accessToken).toBeUndefined()
    })
  })

  test('leaves places alone that are not configured any more', async () => {
    const report = await rehearsal.run({
      ...given('access-token-1'),
      accessTokenPlaces: ['AT', 'AT3'],
    })
    expect(report.outcome).toBe('skipped-not-due')
    expect(historySince()).toEqual([])
  })

  test('says so when a place is still not to be written', async () => {
    store.refusals.set('write AT2', refusal)
    const report = await run('access-token-1')
    expect(report).toMatchObject({
      outcome: 'partial',
      credentialState: 'unchanged',
      errorCode: 'PERMISSION_MISSING',
      verdict:
        'The access token of an earlier run is still not in all of its places. No token request was sent. The access token could not be stored. The store refused.',
      remedy: 'Ask for the permission. Then run the workflow again.',
    })
    expect(report.accessToken?.reveal()).toBe('access-token-1')
    expect(rehearsal.record).toMatchObject({
      phase: 'idle',
      pendingPlaces: ['store_AT2'],
    })
    store.refusals.clear()
    expect((await run('access-token-1')).outcome).toBe('distributed')
  })

  test('changes nothing in a dry run', async () => {
    const report = await run('access-token-1', { isDryRun: true })
    expect(report.outcome).toBe('dry-run')
    expect(writes()).toEqual([])
    expect(historySince()).toEqual([])
  })

  test('leaves it to a run that was faster', async () => {
    rehearsal.healthCheck = {
      async check() {
        rehearsal.append(rehearsal.record)
        return undefined
      },
    }
    expect((await run('access-token-1')).outcome).toBe('skipped-busy')
    expect(writes()).toEqual([])
  })

  test('writes nothing when it cannot claim the record', async () => {
    rehearsal.records.next.push(unreachable)
    expect(await run('access-token-1')).toMatchObject({
      outcome: 'failed',
      errorCode: 'GITHUB_UNAVAILABLE',
      credentialState: 'unchanged',
    })
    expect(writes()).toEqual([])
  })

  test('is cancelled before it claims anything', async () => {
    rehearsal.healthCheck = {
      async check() {
        rehearsal.job.isToEnd = true
        return undefined
      },
    }
    expect(await run('access-token-1')).toMatchObject({
      outcome: 'cancelled',
      credentialState: 'unchanged',
    })
    expect(historySince()).toEqual([])
  })

  test('keeps others away while it does that', async () => {
    const held = await rehearsal.runUntilWritten('AT2', given('access-token-1'))
    rehearsal.runs.running.add('2')
    expect((await run()).outcome).toBe('skipped-busy')
    expect((await run('access-token-1')).outcome).toBe('skipped-busy')
    expect((await held.goOn()).outcome).toBe('distributed')
  })
})

describe('an unfinished distribution to several places', () => {
  beforeEach(async () => {
    rehearsal.healthCheck = { check: async () => refusal }
    await run()
    rehearsal.healthCheck = undefined
    store.calls.length = 0
  })

  test('stops between two of them when the job is cancelled', async () => {
    const held = await rehearsal.runUntilWritten('AT', given('access-token-1'))
    rehearsal.job.isToEnd = true
    expect(await held.goOn()).toMatchObject({
      outcome: 'partial',
      errorCode: 'CANCELLED',
      credentialState: 'unchanged',
    })
    expect(rehearsal.record).toMatchObject({
      phase: 'idle',
      sequence: 1,
      pendingPlaces: ['store_AT2'],
    })
  })

  test('is not gone on with by a run that has lost the record', async () => {
    const held = await rehearsal.runUntilWritten('AT', given('access-token-1'))
    // Declared dead, and another run has distributed a newer one.
    store.system.pass(2 * MINUTE)
    expect((await run(undefined, { isForced: true })).outcome).toBe('rotated')
    expect(await held.goOn()).toMatchObject({
      outcome: 'partial',
      errorCode: 'RECORD_LOST',
    })
    expect(holding(...places)).toEqual(['access-token-2', 'access-token-2'])
    expect(rehearsal.record).toMatchObject({ phase: 'idle', pendingPlaces: [] })
  })
})

const classes: ClassFacts[] = [
  { rotationClass: 'strict', graceSeconds: 0 },
  { rotationClass: 'grace', graceSeconds: 600 },
  { rotationClass: 'confirm-on-use', graceSeconds: 0 },
  { rotationClass: 'non-rotating', graceSeconds: 0 },
]

describe.each(classes)('a run died distributing ($rotationClass)', (facts) => {
  describe.each(['of the one that rotated', 'of the one that finished it'])(
    'the access token %s',
    (who) => {
      beforeEach(async () => {
        if (who === 'of the one that finished it') {
          rehearsal.healthCheck = { check: async () => refusal }
          await run(undefined, { facts })
          rehearsal.healthCheck = undefined
        }
        const stored =
          who === 'of the one that rotated' ? undefined : 'access-token-1'
        await rehearsal.runUntilWritten('AT', given(stored, { facts }))
        expect(rehearsal.record.claim?.isForDistribution).toBe(true)
      })

      test('the next one finishes it at once', async () => {
        const report = await run('access-token-1', { facts })
        expect(report).toMatchObject({
          outcome: 'distributed',
          credentialState: 'unchanged',
        })
        expect(holding(...places)).toEqual(['access-token-1', 'access-token-1'])
        expect(authorizationServer.presented).toHaveLength(1)
      })

      test('or rotates at once', async () => {
        expect((await run(undefined, { facts })).outcome).toBe('rotated')
        expect(holding(...places)).toEqual(['access-token-2', 'access-token-2'])
        expect(rehearsal.record).toMatchObject({
          phase: 'idle',
          sequence: 2,
          pendingPlaces: [],
        })
      })

      test('when nobody can say whether it has ended: after its lease', async () => {
        rehearsal.runs.running.add(
          who === 'of the one that rotated' ? '1' : '2',
        )
        expect((await run(undefined, { facts })).outcome).toBe('skipped-busy')
        store.system.pass(30 * MINUTE)
        expect((await run(undefined, { facts })).outcome).toBe('rotated')
      })
    },
  )
})

describe('nothing is distributed without a rotation', () => {
  beforeEach(async () => {
    store.refusals.set('write AT2', refusal)
    await run()
    store.refusals.clear()
    store.calls.length = 0
  })

  async function loseReply(): Promise<void> {
    authorizationServer.next = { kind: 'indeterminate', answer: 'ECONNRESET' }
    await run()
    authorizationServer.next = undefined
  }

  test('while a token request is indeterminate', async () => {
    await loseReply()
    expect((await run('access-token-1')).outcome).toBe('skipped-cooling')
    expect(writes()).toEqual([])
  })

  test.each<ClassFacts & { introspects?: boolean }>([
    { rotationClass: 'grace', graceSeconds: 600 },
    { rotationClass: 'confirm-on-use', graceSeconds: 0 },
    { rotationClass: 'strict', graceSeconds: 0, introspects: true },
  ])(
    'nor when it goes on from there: %p',
    async ({ introspects, ...facts }) => {
      await loseReply()
      authorizationServer.introspects = introspects === true
      if (facts.rotationClass !== 'grace') store.system.pass(3 * MINUTE)
      expect((await run('access-token-1', { facts })).outcome).toBe('rotated')
      expect(holding(...places)).toEqual(['access-token-2', 'access-token-2'])
    },
  )

  test('while the record is blocked', async () => {
    await loseReply()
    store.system.pass(3 * MINUTE)
    expect((await run('access-token-1')).credentialState).toBe('unknown')
    expect((await run('access-token-1')).outcome).toBe('failed')
    expect(writes()).toEqual([])
  })

  test('after a sealed copy was stored: its access token was lost', async () => {
    store.refusals.set('write RT', refusal)
    await run()
    store.refusals.clear()
    store.calls.length = 0
    expect((await run('access-token-1')).outcome).toBe('recovered-escrow')
    expect(writes()).toEqual(['write RT'])
    expect(rehearsal.record).toMatchObject({
      phase: 'idle',
      pendingPlaces: ['store_AT', 'store_AT2'],
    })
    expect((await run('access-token-1')).outcome).toBe('rotated')
    expect(holding(...places)).toEqual(['access-token-3', 'access-token-3'])
  })

  test('after a stored token was adopted: its access token was lost', async () => {
    await rehearsal.runUntilWritten('RT', given())
    store.system.pass(3 * MINUTE)
    expect((await run(jwt)).outcome).toBe('rotated')
    expect(holding('RT', ...places)).toEqual([
      'refresh-token-3',
      'access-token-3',
      'access-token-3',
    ])
  })

  test('after a person has stored a fresh grant', async () => {
    store.system.pass(3 * MINUTE)
    store.set('RT', 'grant')
    authorizationServer.live = 'grant'
    expect((await run('access-token-1')).outcome).toBe('rotated')
    expect(holding(...places)).toEqual(['access-token-2', 'access-token-2'])
  })

  test('when a newer one was issued that nobody knows the end of', async () => {
    authorizationServer.next = {
      kind: 'issued',
      tokens: { accessToken: new SecretValue('access-token-9') },
      defects: [],
    }
    store.refusals.set('write AT2', refusal)
    await run()
    store.refusals.clear()
    authorizationServer.next = undefined
    expect((await run('access-token-1')).outcome).toBe('rotated')
  })
})

test('a rotation that was adopted has still to be distributed', async () => {
  await run()
  await rehearsal.runUntilWritten('RT', given())
  store.system.pass(3 * MINUTE)
  // Whatever the old access token says of itself: the refresh may have ended it.
  expect((await run(jwt)).outcome).toBe('rotated')
  expect(holding(...places)).toEqual(['access-token-3', 'access-token-3'])
})

describe('when only some places could be written', () => {
  const keeping = { isForced: true, keepsOldAccessToken: true }

  beforeEach(async () => {
    await run()
    store.refusals.set('write AT2', refusal)
    store.calls.length = 0
  })

  test('those get the previous access token back, so that all agree', async () => {
    const report = await run('access-token-1', keeping)
    expect(report).toMatchObject({
      outcome: 'partial',
      credentialState: 'stored',
      errorCode: 'PERMISSION_MISSING',
      places: [
        { status: 'written' },
        { status: 'put back' },
        { status: 'not written' },
      ],
    })
    expect(report.verdict).toMatch(
      /The store refused\. The previous access token was put back in the places already written, so all places hold the same one\.$/,
    )
    expect(report.accessToken?.reveal()).toBe('access-token-2')
    expect(holding('RT', ...places)).toEqual([
      'refresh-token-2',
      'access-token-1',
      'access-token-1',
    ])
    expect(rehearsal.record).toMatchObject({
      phase: 'idle',
      pendingPlaces: ['store_AT', 'store_AT2'],
    })

    store.refusals.clear()
    expect((await run('access-token-1')).outcome).toBe('rotated')
    expect(holding(...places)).toEqual(['access-token-3', 'access-token-3'])
  })

  test.each<[string, string | undefined, Partial<Rotation>, number]>([
    ['ends with the refresh', 'access-token-1', { isForced: true }, 0],
    ['was not given', undefined, keeping, 0],
    ['is one that nobody knows', 'access-token-0', keeping, 0],
    ['has expired', 'access-token-1', keeping, 60],
  ])(
    'those keep the new one when the previous one %s',
    async (_, token, rotation, minutes) => {
      store.system.pass(minutes * MINUTE)
      const report = await run(token, rotation)
      expect(report).toMatchObject({
        outcome: 'partial',
        places: [{}, { status: 'written' }, { status: 'not written' }],
      })
      expect(report.verdict).not.toContain('previous')
      expect(writes()).toEqual(['write RT', 'write AT', 'write AT2'])
      expect(rehearsal.record.pendingPlaces).toEqual(['store_AT2'])
    },
  )

  test('those keep the new one when the run is cancelled before it has tried all', async () => {
    store.refusals.clear()
    const held = await rehearsal.runUntilWritten(
      'AT',
      given('access-token-1', keeping),
    )
    rehearsal.job.isToEnd = true
    const report = await held.goOn()
    expect(report.verdict).not.toContain('previous')
    expect(rehearsal.record.pendingPlaces).toEqual(['store_AT2'])
  })

  test('those keep it when the server has given out the same one again', async () => {
    authorizationServer.next = {
      kind: 'issued',
      tokens: { accessToken: new SecretValue('access-token-1') },
      defects: [],
    }
    const report = await run('access-token-1', keeping)
    expect(report.verdict).not.toContain('previous')
    expect(rehearsal.record.pendingPlaces).toEqual(['store_AT2'])
  })

  test('nothing is put back where nothing was written', async () => {
    store.refusals.set('write AT', refusal)
    const report = await run('access-token-1', keeping)
    expect(report.places).toMatchObject([
      { status: 'written' },
      { status: 'not written' },
      { status: 'not written' },
    ])
    expect(report.verdict).not.toContain('previous')
    expect(writes()).toEqual(['write RT', 'write AT', 'write AT2'])
  })

  test('and nothing where all were', async () => {
    store.refusals.clear()
    expect((await run('access-token-1', keeping)).outcome).toBe('rotated')
    expect(writes()).toEqual(['write RT', 'write AT', 'write AT2'])
  })

  test('it is said where even that could not be written', async () => {
    const call = store.call.bind(store)
    store.call = (what) => {
      const isAgain = what === 'write AT' && store.calls.includes('write AT2')
      if (isAgain) store.refusals.set('write AT', refusal)
      call(what)
    }
    const report = await run('access-token-1', keeping)
    expect(report.places).toMatchObject([
      {},
      { status: 'written' },
      { status: 'not written' },
    ])
    expect(report.verdict).toContain(
      'The previous access token could not be put back in the secret AT, so the places do not all hold the same one.',
    )
    expect(holding('AT')).toEqual(['access-token-2'])
    expect(rehearsal.record.pendingPlaces).toEqual(['store_AT', 'store_AT2'])
  })

  test.each<[string, () => Promise<void> | undefined]>([
    ['lost the record', takeRecordAway],
    [
      'is cancelled',
      () => {
        rehearsal.job.isToEnd = true
        return undefined
      },
    ],
  ])('nothing is put back by a run that %s meanwhile', async (_, happen) => {
    const held = await rehearsal.runUntilWritten(
      'AT2',
      given('access-token-1', keeping),
    )
    await happen()
    const report = await held.goOn()
    expect(report.places).toMatchObject([
      {},
      { status: 'written' },
      { status: 'not written' },
    ])
    expect(report.verdict).toContain('could not be put back in the secret AT')
    expect(writes()).toEqual(['write RT', 'write AT', 'write AT2'])
    expect(holding('AT')).toEqual(['access-token-2'])
  })
})
