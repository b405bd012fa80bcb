import { beforeEach, describe, expect, test } from '@jest/globals'

import { SecretValue } from '../../../src/rotation/tokens/secret-value.ts'
import { refusal, unreachable } from '../../support/in-memory.ts'
import { Rehearsal } from '../../support/rehearsal.ts'

const MINUTE = 60_000

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
    const report = await rehearsal.run({
      rotation: { storedAccessToken: new SecretValue('access-token-1') },
    })
    expect(report).toMatchObject({
      outcome: 'adopted',
      credentialState: 'stored',
    })
    expect(rehearsal.record).toMatchObject({ phase: 'idle', sequence: 2 })

    // A run that only looked dead may have one more write on its way.
    expect((await rehearsal.run()).outcome).toBe('skipped-cooling')
    rehearsal.store.system.pass(3 * MINUTE)
    expect((await rehearsal.run()).outcome).toBe('rotated')
  })

  test('does nothing more for now, although something is due', async () => {
    await die('write RT')
    expect(await rehearsal.run()).toMatchObject({
      outcome: 'adopted',
      credentialState: 'stored',
    })
    expect(rehearsal.authorizationServer.presented).toHaveLength(2)
  })

  test('goes on at once when that has been a while', async () => {
    await die('write RT')
    rehearsal.store.system.pass(3 * MINUTE)
    expect((await rehearsal.run()).outcome).toBe('rotated')
    expect(rehearsal.record).toMatchObject({ phase: 'idle', sequence: 3 })
  })

  test('leaves it alone while its run is not over', async () => {
    await die('write RT')
    rehearsal.runs.running.add('2')
    expect(await rehearsal.run()).toMatchObject({ outcome: 'skipped-busy' })
    rehearsal.store.system.pass(30 * MINUTE)
    // Its lease is over. It may live, so what it may just send has to cool.
    expect((await rehearsal.run()).outcome).not.toBe('skipped-busy')
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

  test('makes way for a grant that a person has stored', async () => {
    rehearsal.store.system.pass(MINUTE)
    rehearsal.store.set('RT', 'fresh')
    rehearsal.authorizationServer.live = 'fresh'
    expect(await rehearsal.run()).toMatchObject({ outcome: 'rotated' })
    expect(rehearsal.record.escrow).toBeUndefined()
    expect(rehearsal.store.values.get('RT')).toBe('refresh-token-3')
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
    const { authorizationServer, records, store } = rehearsal
    const refresh = authorizationServer.refresh.bind(authorizationServer)
    authorizationServer.refresh = async (token) => {
      const result = await refresh(token)
      // It was frozen for so long that another run took it for dead.
      store.system.pass(31 * MINUTE)
      const { head } = records
      if (head?.record.claim) {
        const { claim } = head.record
        await records.move(head, {
          ...head.record,
          phase: 'examining',
          claim: { ...claim, owner: { ...claim.owner, nonce: 'another' } },
        })
      }
      return result
    }
    expect(await rehearsal.run()).toMatchObject({
      outcome: 'failed',
      errorCode: 'RECORD_LOST',
      credentialState: 'escrowed',
    })
    expect(store.values.get('RT')).toBe('refresh-token-1')
    expect(rehearsal.record.escrow).toBeDefined()
  })
})
