import { beforeEach, describe, expect, test } from '@jest/globals'

import type { RotationRecord } from '../../../src/rotation/record/record.ts'
import { claim, commit } from '../../../src/rotation/record/transitions.ts'
import type { SealedSecret } from '../../../src/rotation/tokens/sealed-secret.ts'
import { SecretValue } from '../../../src/rotation/tokens/secret-value.ts'
import { box, refusal, unreachable } from '../../support/in-memory.ts'
import { Rehearsal } from '../../support/rehearsal.ts'

const MINUTE = 60_000

/** Says itself that it is good for a day; nobody has issued it. */
const jwt = [
  { alg: 'ES256' },
  { exp: Date.parse('2026-01-02T12:00:00Z') / 1000 },
  'signature',
]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .join('.')

const owner = {
  repository: 'acme/web',
  runId: '1',
  attempt: '1',
  job: 'rotate',
  nonce: 'nonce-1',
}

const far = new Date('2030-01-01T00:00:00Z')

let rehearsal: Rehearsal

beforeEach(async () => {
  rehearsal = new Rehearsal()
  await rehearsal.run()
})

/** A run that dies while it waits for an answer of the store or the server. */
async function die(during: 'refresh' | 'write RT'): Promise<void> {
  const { authorizationServer, store } = rehearsal
  if (during === 'refresh') {
    authorizationServer.next = { kind: 'indeterminate', answer: 'ECONNRESET' }
    await rehearsal.run()
    authorizationServer.next = undefined
    return
  }
  const open = store.open.bind(store)
  store.open = (name, label) => {
    const place = open(name, label)
    const write = place.write.bind(place)
    if (name === 'RT') {
      place.write = async (sealed, mayRepeat) => {
        await write(sealed, mayRepeat)
        return new Promise(() => undefined)
      }
    }
    return place
  }
  void rehearsal.run()
  await settle()
  store.open = open
}

function sealed(token: string): SealedSecret {
  return { keyId: '1', encryptedValue: box(token) }
}

function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

describe('a run that finds the claim of a dead one', () => {
  test('waits until its request cannot take effect any more', async () => {
    await die('refresh')
    expect(await rehearsal.run()).toMatchObject({ outcome: 'skipped-cooling' })
    expect(rehearsal.authorizationServer.presented).toHaveLength(2)
  })

  test('asks for a person when nothing tells whether the token works', async () => {
    await die('refresh')
    rehearsal.store.system.pass(3 * MINUTE)
    const report = await rehearsal.run()
    expect(report).toMatchObject({
      outcome: 'failed',
      credentialState: 'unknown',
      errorCode: 'TOKEN_REQUEST_INDETERMINATE',
    })
    expect(report.remedy).toContain('`force: true`')
    expect(rehearsal.record.phase).toBe('blocked')
    expect(rehearsal.authorizationServer.presented).toHaveLength(2)

    // It stays so, and by a person it is tried once.
    expect((await rehearsal.run()).credentialState).toBe('unknown')
    const isByPerson = { rotation: { isForced: true, isByPerson: true } }
    expect(await rehearsal.run(isByPerson)).toMatchObject({
      outcome: 'rotated',
    })
    expect(rehearsal.record.phase).toBe('idle')
  })

  test.each<[string, (record: RotationRecord) => void, object]>([
    [
      'took the record as well',
      (record) => {
        const { claim: held } = record
        if (!held) throw new Error('nobody has it')
        const another = { ...held.owner, nonce: 'another' }
        rehearsal.append({ ...record, claim: { ...held, owner: another } })
      },
      { outcome: 'skipped-busy' },
    ],
    [
      'has replaced the token',
      (record) => {
        const { current } = record
        const next = { token: 'next', spent: `spent-${current}` }
        rehearsal.append(commit(record, { ...next, pendingPlaces: [] }))
      },
      { outcome: 'skipped-busy' },
    ],
    [
      'is not to be seen: the record is out of reach',
      () => {
        rehearsal.records.next.push(unreachable)
      },
      { outcome: 'failed', errorCode: 'GITHUB_UNAVAILABLE' },
    ],
  ])('does not ask for one when another run %s', async (_, act, end) => {
    await die('refresh')
    rehearsal.store.system.pass(3 * MINUTE)
    rehearsal.authorizationServer.introspect = async () => {
      act(rehearsal.record)
      return 'unknown'
    }
    expect(await rehearsal.run()).toMatchObject({
      ...end,
      credentialState: 'unchanged',
    })
    expect(rehearsal.record.block).toBeUndefined()
  })

  test('goes on when introspection says that the token is alive', async () => {
    rehearsal.authorizationServer.introspects = true
    await die('refresh')
    rehearsal.store.system.pass(3 * MINUTE)
    expect(await rehearsal.run()).toMatchObject({ outcome: 'rotated' })
  })

  test('believes that the token is dead only where tokens were seen alive', async () => {
    const { authorizationServer, store } = rehearsal
    authorizationServer.introspects = true
    await rehearsal.run()
    expect(rehearsal.record.knowsIntrospection).toBe(true)
    await die('refresh')
    authorizationServer.live = 'a successor that nobody has'
    store.system.pass(3 * MINUTE)
    expect(await rehearsal.run()).toMatchObject({
      credentialState: 'lost',
      errorCode: 'REAUTHORIZATION_REQUIRED',
    })
    expect(authorizationServer.presented).toHaveLength(3)
  })

  test('takes the token that the dead run had stored', async () => {
    await die('write RT')
    expect(rehearsal.store.values.get('RT')).toBe('refresh-token-2')
    expect(rehearsal.record.phase).toBe('claimed')
    rehearsal.store.system.pass(3 * MINUTE)
    const good = {
      accessTokenPlaces: [],
      rotation: { storedAccessToken: new SecretValue(jwt) },
    }
    expect(await rehearsal.run(good)).toMatchObject({
      outcome: 'adopted',
      credentialState: 'stored',
    })
    expect(rehearsal.record).toMatchObject({
      phase: 'idle',
      sequence: 2,
      current: 'refresh-token-2',
    })
    expect((await rehearsal.run(good)).outcome).toBe('skipped-not-due')
    expect((await rehearsal.run()).outcome).toBe('rotated')
  })

  test('does nothing more for now, although something is due', async () => {
    await die('write RT')
    const waits = {
      outcome: 'failed',
      credentialState: 'unchanged',
      errorCode: 'RECORD_UNVERIFIED',
    }
    expect(await rehearsal.run()).toMatchObject(waits)
    // A write of the dead run can arrive as long as that.
    rehearsal.store.system.pass(2 * MINUTE)
    expect(await rehearsal.run()).toMatchObject(waits)
    expect(rehearsal.authorizationServer.presented).toHaveLength(2)
    rehearsal.store.system.pass(MINUTE / 2)
    expect((await rehearsal.run()).outcome).toBe('rotated')
  })

  test('goes on at once when that has been a while', async () => {
    await die('write RT')
    rehearsal.store.system.pass(3 * MINUTE)
    expect((await rehearsal.run()).outcome).toBe('rotated')
    expect(rehearsal.record).toMatchObject({ phase: 'idle', sequence: 3 })
  })

  test('leaves it alone while its run is not over', async () => {
    await die('refresh')
    rehearsal.runs.running.add('2')
    expect(await rehearsal.run()).toMatchObject({ outcome: 'skipped-busy' })
    rehearsal.store.system.pass(30 * MINUTE)
    // Its lease is over. It may live, so what it may just send has to cool.
    expect((await rehearsal.run()).outcome).toBe('skipped-cooling')
  })

  test('with another token waits for its lease, in red', async () => {
    await die('write RT')
    rehearsal.runs.running.add('2')
    rehearsal.store.system.pass(29 * MINUTE)
    expect(await rehearsal.run()).toMatchObject({
      outcome: 'failed',
      errorCode: 'RECORD_UNVERIFIED',
    })
    rehearsal.store.system.pass(MINUTE)
    expect((await rehearsal.run()).outcome).toBe('rotated')
  })

  test('with an old snapshot changes nothing', async () => {
    await die('write RT')
    // It was queued before the token was stored.
    const report = await rehearsal.runQueued({ presented: 'refresh-token-1' })
    expect(report).toMatchObject({ outcome: 'skipped-stale' })
    rehearsal.store.system.pass(3 * MINUTE)
    expect((await rehearsal.run()).outcome).toBe('rotated')
  })
})

describe('a sealed copy in the record', () => {
  beforeEach(async () => {
    rehearsal.store.refusals.set('write RT', refusal)
    await rehearsal.run()
    rehearsal.store.refusals.clear()
  })

  test('is stored also where the record is idle, as a release has left it', async () => {
    const { record, authorizationServer } = rehearsal
    const { block: _, claim: __, ...rest } = record
    rehearsal.append({ ...rest, phase: 'idle' })
    const { length } = authorizationServer.presented
    expect((await rehearsal.run()).outcome).toBe('recovered-escrow')
    expect(rehearsal.store.values.get('RT')).toBe('refresh-token-2')
    expect(authorizationServer.presented).toHaveLength(length)
    expect((await rehearsal.run()).outcome).toBe('rotated')
  })

  test('is stored unopened by the next run', async () => {
    expect(await rehearsal.run()).toMatchObject({
      outcome: 'recovered-escrow',
      credentialState: 'stored',
    })
    expect(rehearsal.store.values.get('RT')).toBe('refresh-token-2')
    expect(rehearsal.record.escrow).toBeUndefined()
    expect((await rehearsal.run()).outcome).toBe('rotated')
  })

  test('stays there while the secret cannot be written', async () => {
    rehearsal.store.refusals.set('write RT', refusal)
    const report = await rehearsal.run()
    expect(report).toMatchObject({
      outcome: 'failed',
      credentialState: 'escrowed',
    })
    expect(report.remedy).toContain('`restore ')
    expect(rehearsal.record.escrow).toBeDefined()
  })

  test('is lost when GitHub has another key by now', async () => {
    rehearsal.store.keyId += 1
    expect(await rehearsal.run()).toMatchObject({ credentialState: 'lost' })
    expect(rehearsal.record).toMatchObject({
      phase: 'blocked',
      block: { credentialState: 'lost' },
    })
    expect(rehearsal.record.escrow).toBeUndefined()
  })

  test('is found below what others have written', async () => {
    rehearsal.records.append({ note: 'by hand' })
    expect((await rehearsal.run()).outcome).toBe('recovered-escrow')
    expect(rehearsal.store.values.get('RT')).toBe('refresh-token-2')
    expect((await rehearsal.run()).outcome).toBe('rotated')
  })

  test('is found without the record that it was in', async () => {
    const { escrow } = rehearsal.record
    rehearsal.records.versions.length = 0
    rehearsal.records.append({ version: 3, escrow })
    expect((await rehearsal.run()).outcome).toBe('recovered-escrow')
    expect(rehearsal.store.values.get('RT')).toBe('refresh-token-2')
    expect(rehearsal.record).toMatchObject({ sequence: 2, phase: 'idle' })
    expect((await rehearsal.run()).outcome).toBe('rotated')
  })

  test('is not the one that somebody else has sealed', async () => {
    const { record, records } = rehearsal
    records.append({
      version: 3,
      escrow: { ...record.escrow, sealed: sealed('forged'), at: far },
    })
    expect((await rehearsal.run()).outcome).toBe('recovered-escrow')
    expect(rehearsal.store.values.get('RT')).toBe('refresh-token-2')
  })

  test('is not stored twice by somebody who puts it back', async () => {
    const { escrow } = rehearsal.record
    await rehearsal.run()
    await rehearsal.run()
    rehearsal.records.append({ version: 3, escrow })
    expect((await rehearsal.run()).outcome).toBe('rotated')
    expect(rehearsal.store.values.get('RT')).toBe('refresh-token-4')
  })

  test('makes way for a grant that a person has stored', async () => {
    rehearsal.store.system.pass(3 * MINUTE)
    rehearsal.store.set('RT', 'fresh')
    rehearsal.authorizationServer.live = 'fresh'
    expect(await rehearsal.run()).toMatchObject({ outcome: 'rotated' })
    expect(rehearsal.record.escrow).toBeUndefined()
    expect(rehearsal.store.values.get('RT')).toBe('refresh-token-3')
  })
})

describe('a grant that a person stores', () => {
  beforeEach(() => {
    rehearsal.authorizationServer.live = 'grant'
    rehearsal.store.system.pass(3 * MINUTE)
    rehearsal.store.set('RT', 'grant')
  })

  test('counts at once when nobody has been at work for a while', async () => {
    expect((await rehearsal.run()).outcome).toBe('rotated')
    expect(rehearsal.record).toMatchObject({
      sequence: 3,
      spent: ['spent-grant', 'spent-refresh-token-0'],
    })
    // And the grant that it replaces says nothing any more.
    const late = await rehearsal.runQueued({ presented: 'refresh-token-1' })
    expect(late.outcome).toBe('skipped-stale')
  })

  test('waits, in red, for the requests of a run that has just ended', async () => {
    await rehearsal.run()
    rehearsal.store.set('RT', 'another grant')
    rehearsal.authorizationServer.live = 'another grant'
    // Its last version says that it is done, but so could anybody.
    expect(rehearsal.record.phase).toBe('idle')
    expect((await rehearsal.run()).errorCode).toBe('RECORD_UNVERIFIED')
    rehearsal.store.system.pass(3 * MINUTE)
    expect((await rehearsal.run()).outcome).toBe('rotated')
  })

  test('waits for a run that is at work with the one before', async () => {
    const { record } = rehearsal
    const now = rehearsal.store.now()
    const cooling = { graceSeconds: 0 }
    rehearsal.append(
      claim(record, { ...owner, runId: '99' }, now, now, cooling),
    )
    rehearsal.runs.running.add('99')
    const waiting = await rehearsal.run()
    expect(waiting.errorCode).toBe('RECORD_UNVERIFIED')
    expect(waiting.remedy).toContain('half an hour')
    rehearsal.runs.running.clear()
    expect((await rehearsal.run()).errorCode).toBe('RECORD_UNVERIFIED')
    rehearsal.store.system.pass(3 * MINUTE)
    expect((await rehearsal.run()).outcome).toBe('rotated')
  })

  test('waits for it also when somebody writes on top of it', async () => {
    const { record, records, runs, store } = rehearsal
    const now = store.now()
    const asked: string[] = []
    runs.hasEnded = async ({ runId }) => {
      asked.push(runId)
      return runId === '99' ? 'running' : 'ended'
    }
    const held = claim(record, { ...owner, runId: '99' }, now, now, {
      graceSeconds: 0,
    })
    rehearsal.append(held)
    rehearsal.append(held)
    records.append({ ...record, version: 3 })
    // Not even when nothing is cooling any more.
    store.system.pass(3 * MINUTE)
    expect((await rehearsal.run()).errorCode).toBe('RECORD_UNVERIFIED')
    // Every run once, however often it is in the record.
    expect(asked).toEqual(['99', '1'])
    store.system.pass(30 * MINUTE)
    expect((await rehearsal.run()).outcome).toBe('rotated')
  })

  test('is not kept away by anybody for ever', async () => {
    rehearsal.records.append({
      version: 3,
      phase: 'claimed',
      claim: {
        owner: { ...owner, runId: '99' },
        heldSince: far,
        coolUntil: far,
      },
      restUntil: far,
    })
    rehearsal.runs.running.add('99')
    expect((await rehearsal.run()).outcome).toBe('rotated')
  })
})

describe('the credentials may die one without the other', () => {
  test('that of the record: the token is stored, and the next run adopts it', async () => {
    const { records, authorizationServer, job } = rehearsal
    const refresh = authorizationServer.refresh.bind(authorizationServer)
    authorizationServer.refresh = (token) => {
      records.next.push(...Array.from({ length: 20 }, () => unreachable))
      return refresh(token)
    }
    expect(await rehearsal.run()).toMatchObject({
      outcome: 'rotated',
      credentialState: 'stored',
    })
    expect(job.lines.join('\n')).toContain('The record could not be written')
    authorizationServer.refresh = refresh
    records.next.length = 0
    expect(rehearsal.record.phase).toBe('claimed')
    rehearsal.store.system.pass(3 * MINUTE)
    expect((await rehearsal.run()).outcome).toBe('rotated')
  })

  test('both: the copy is on the disk, and the command is printed', async () => {
    const { records, authorizationServer, store } = rehearsal
    const refresh = authorizationServer.refresh.bind(authorizationServer)
    authorizationServer.refresh = (token) => {
      records.next.push(...Array.from({ length: 20 }, () => unreachable))
      return refresh(token)
    }
    store.refusals.set('write RT', refusal)
    const report = await rehearsal.run()
    expect(report).toMatchObject({ credentialState: 'journaled' })
    expect(report.remedy).toContain('`restore ')
    expect(rehearsal.journal.entry).toBeDefined()

    // The post step finds both alive again.
    records.next.length = 0
    store.refusals.clear()
    expect(await rehearsal.finish()).toMatchObject({
      outcome: 'recovered-journal',
    })
    expect(store.values.get('RT')).toBe('refresh-token-2')
    expect(rehearsal.journal.entry).toBeUndefined()
  })

  test('and no sealed copy is kept where that was given up', async () => {
    rehearsal.store.refusals.set('write RT', refusal)
    const report = await rehearsal.run({ rotation: { usesEscrow: false } })
    expect(report.credentialState).toBe('journaled')
    expect(rehearsal.record.escrow).toBeUndefined()
  })
})

describe('the post step', () => {
  async function dieBeforeStoring(): Promise<void> {
    const { store } = rehearsal
    const open = store.open.bind(store)
    store.open = (name, label) => {
      const place = open(name, label)
      if (name === 'RT') place.write = () => new Promise(() => undefined)
      return place
    }
    void rehearsal.run()
    await settle()
    store.open = open
  }

  test('stores what main has left, and the record rests a while', async () => {
    await dieBeforeStoring()
    expect(await rehearsal.finish()).toMatchObject({
      outcome: 'recovered-journal',
      credentialState: 'stored',
    })
    expect(rehearsal.store.values.get('RT')).toBe('refresh-token-2')
    expect(rehearsal.record).toMatchObject({ phase: 'idle', sequence: 2 })
    expect((await rehearsal.run()).outcome).toBe('skipped-cooling')
    rehearsal.store.system.pass(MINUTE)
    expect((await rehearsal.run()).outcome).toBe('rotated')
  })

  test('does not write twice what main has written', async () => {
    await die('write RT')
    const writes = rehearsal.store.calls.filter((call) => call === 'write RT')
    expect(await rehearsal.finish()).toMatchObject({
      outcome: 'recovered-journal',
    })
    expect(rehearsal.store.calls.filter((call) => call === 'write RT')).toEqual(
      writes,
    )
    expect(rehearsal.record).toMatchObject({ phase: 'idle', sequence: 2 })
  })

  test('does not write when another run has the record: it saves the copy', async () => {
    await dieBeforeStoring()
    const { entry } = rehearsal.journal
    rehearsal.journal.entry = undefined
    rehearsal.store.system.pass(3 * MINUTE)
    await rehearsal.run()
    expect(rehearsal.record.phase).toBe('blocked')
    rehearsal.journal.entry = entry
    expect(await rehearsal.finish()).toMatchObject({
      credentialState: 'escrowed',
    })
    expect(rehearsal.store.values.get('RT')).toBe('refresh-token-1')
    // And so it is not lost.
    expect(await rehearsal.run()).toMatchObject({ outcome: 'recovered-escrow' })
    expect(rehearsal.store.values.get('RT')).toBe('refresh-token-2')
  })

  test('cannot seal again for a new key', async () => {
    await dieBeforeStoring()
    rehearsal.store.keyId += 1
    expect(await rehearsal.finish()).toMatchObject({
      outcome: 'failed',
      credentialState: 'lost',
    })
  })
})

describe('a run whose record was taken', () => {
  test('writes nothing more, and saves what it holds', async () => {
    const { authorizationServer, store } = rehearsal
    const refresh = authorizationServer.refresh.bind(authorizationServer)
    authorizationServer.refresh = async (token) => {
      const result = await refresh(token)
      // It was frozen for so long that another run took it for dead.
      store.system.pass(31 * MINUTE)
      const { record } = rehearsal
      const { claim } = record
      if (!claim) throw new Error('nobody has it')
      rehearsal.append({
        ...record,
        phase: 'examining',
        claim: { ...claim, owner: { ...claim.owner, nonce: 'another' } },
      })
      return result
    }
    expect(await rehearsal.run()).toMatchObject({
      outcome: 'failed',
      errorCode: 'RECORD_LOST',
      credentialState: 'escrowed',
    })
    expect(store.values.get('RT')).toBe('refresh-token-1')
    expect(rehearsal.records.history.at(-1)).toMatchObject({
      escrow: { sealed: { encryptedValue: box('refresh-token-2') } },
    })
    authorizationServer.refresh = refresh
    expect((await rehearsal.run()).outcome).toBe('recovered-escrow')
    expect(store.values.get('RT')).toBe('refresh-token-2')
  })
})
