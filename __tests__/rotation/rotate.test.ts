import { beforeEach, describe, expect, test } from '@jest/globals'

import type { RotationReport } from '../../src/rotation/outcome/outcome.ts'
import { SecretValue } from '../../src/rotation/tokens/secret-value.ts'
import {
  box,
  refusal,
  type InMemoryAuthorizationServer,
  type InMemoryStore,
  type RecordingJob,
} from '../support/in-memory.ts'
import { Rehearsal, type RehearsalOptions } from '../support/rehearsal.ts'

let rehearsal: Rehearsal
let authorizationServer: InMemoryAuthorizationServer
let store: InMemoryStore
let job: RecordingJob

beforeEach(() => {
  rehearsal = new Rehearsal()
  ;({ authorizationServer, store, job } = rehearsal)
})

function run(options: RehearsalOptions = {}): Promise<RotationReport> {
  return rehearsal.run(options)
}

describe('a rotation', () => {
  test('stores the new refresh token first, then the access token', async () => {
    const report = await run({ accessTokenPlaces: ['AT', 'AT2'] })
    expect(report).toMatchObject({
      outcome: 'rotated',
      credentialState: 'stored',
      expiresAt: new Date('2026-01-01T13:00:00Z'),
    })
    expect(report.accessToken?.reveal()).toBe('access-token-1')
    expect(Object.fromEntries(store.values)).toEqual({
      RT: 'refresh-token-1',
      AT: 'access-token-1',
      AT2: 'access-token-1',
    })
    expect(store.calls.filter((call) => call.startsWith('write'))).toEqual([
      'write RT',
      'write AT',
      'write AT2',
    ])
  })

  test('proves write access in every store once, before the spend', async () => {
    await run({
      accessTokenPlaces: ['AT', 'AT2'],
      stores: { RT: 'one', AT: 'two', AT2: 'two' },
    })
    const probes = store.calls.filter((call) => call.startsWith('probe'))
    expect(probes).toEqual(['probe one', 'probe two'])
    // The second look goes with the refresh.
    expect(store.calls.lastIndexOf('inspect RT')).toBeGreaterThan(
      store.calls.indexOf('probe two'),
    )
  })

  test('masks both tokens and seals the new one before the first write', async () => {
    await run()
    expect(job.masked).toEqual(['refresh-token-1', 'access-token-1'])
    const order = store.calls.filter((call) => /^(seal|write)/.test(call))
    expect(order).toEqual(['seal RT', 'write RT', 'seal AT', 'write AT'])
  })

  test('tells the post step while the token is at risk, and no longer', async () => {
    await run()
    expect(job.calls).toEqual([
      'announce',
      'mask',
      'mask',
      'journal',
      'journal',
      'settle',
    ])
  })

  test('does all of this again with what it stored', async () => {
    await run()
    await run()
    expect((await run()).outcome).toBe('rotated')
    expect(authorizationServer.presented).toEqual([
      'refresh-token-0',
      'refresh-token-1',
      'refresh-token-2',
    ])
  })
})

describe('a record that others can write to', () => {
  beforeEach(async () => {
    await run()
  })

  /** Somebody writes to the record while this run proves its write access. */
  function meanwhile(write: () => void): void {
    const call = store.call.bind(store)
    store.call = (what) => {
      call(what)
      if (what === 'probe store') write()
    }
  }

  test('is gone on with below what they have written, which is said', async () => {
    rehearsal.records.append({ phase: 'idle', current: 'refresh-token-1' })
    expect((await run()).outcome).toBe('rotated')
    expect(job.lines.join('\n')).toContain('warning: RECORD_TAMPERED')
  })

  test('is not said to be tampered with by runs alone', async () => {
    await run()
    expect(job.lines.join('\n')).not.toContain('RECORD_TAMPERED')
  })

  test('ends a run in red that somebody without the token overtakes', async () => {
    meanwhile(() => rehearsal.records.append({ phase: 'claimed' }))
    expect(await run()).toMatchObject({
      outcome: 'failed',
      errorCode: 'RECORD_UNVERIFIED',
      credentialState: 'unchanged',
    })
    expect(authorizationServer.presented).toHaveLength(1)
  })

  test.each([
    ['deleted', 0],
    ['set back', 2],
  ])('ends a run in red while it is %s', async (_, length) => {
    meanwhile(() => {
      rehearsal.records.versions.length = length
    })
    expect(await run()).toMatchObject({
      outcome: 'failed',
      errorCode: 'RECORD_UNVERIFIED',
      credentialState: 'unchanged',
    })
    expect(authorizationServer.presented).toHaveLength(1)
  })

  test('ends a run in green that another run overtakes', async () => {
    meanwhile(() => {
      rehearsal.append(rehearsal.record)
    })
    expect(await run()).toMatchObject({
      outcome: 'skipped-busy',
      credentialState: 'unchanged',
    })
    expect(authorizationServer.presented).toHaveLength(1)
  })
})

describe('a dry run', () => {
  test('proves write access and spends nothing', async () => {
    const report = await run({ rotation: { isDryRun: true } })
    expect(report).toMatchObject({
      outcome: 'dry-run',
      credentialState: 'unchanged',
      places: [{ status: 'writable' }, { status: 'writable' }],
    })
    expect(store.calls).toContain('probe store')
    expect(authorizationServer.presented).toEqual([])
  })
})

describe('what is found out before the spend', () => {
  test.each(['inspect RT', 'prepare RT', 'prepare AT', 'probe store'])(
    'stops the run when the store refuses: %s',
    async (call) => {
      store.refusals.set(call, refusal)
      expect(await run()).toMatchObject({
        outcome: 'failed',
        errorCode: 'PERMISSION_MISSING',
        credentialState: 'unchanged',
        verdict: refusal.what,
        remedy: refusal.remedy,
      })
      expect(authorizationServer.presented).toEqual([])
    },
  )

  test('is told in one error', async () => {
    authorizationServer.prepareFailure = {
      code: 'DISCOVERY_FAILED',
      what: 'No metadata.',
      remedy: 'Check the issuer.',
    }
    store.refusals.set('prepare RT', refusal)
    store.refusals.set('prepare AT', refusal)
    expect(await run()).toMatchObject({
      verdict: 'No metadata. The store refused.',
      remedy: 'Check the issuer. Ask for the permission.',
    })
  })

  test('is told in one error when several stores cannot be written', async () => {
    const stores = { RT: 'one', AT: 'two' }
    store.refusals.set('probe one', refusal)
    store.refusals.set('probe two', { ...refusal, what: 'Nor the other.' })
    expect(await run({ stores })).toMatchObject({
      verdict: 'The store refused. Nor the other.',
    })
  })

  test('includes that the secret does not exist', async () => {
    store.updated.delete('RT')
    expect(await run()).toMatchObject({
      errorCode: 'SECRET_NOT_FOUND',
      credentialState: 'unchanged',
    })
    expect(authorizationServer.presented).toEqual([])
  })
})

describe('when no new refresh token comes back', () => {
  test.each([undefined, 'refresh-token-0'])(
    'the stored one stays (%p)',
    async (refreshToken) => {
      authorizationServer.next = {
        kind: 'issued',
        tokens: {
          ...(refreshToken && { refreshToken: new SecretValue(refreshToken) }),
          accessToken: new SecretValue('access-token-9'),
        },
        defects: [],
      }
      const report = await run()
      expect(report).toMatchObject({
        outcome: 'not-rotated',
        credentialState: 'unchanged',
      })
      expect(report.expiresAt).toBeUndefined()
      expect(store.values.get('AT')).toBe('access-token-9')
      expect(store.calls).not.toContain('write RT')
    },
  )
})

describe('a failed token request', () => {
  test('leaves the access token alone', async () => {
    authorizationServer.next = { kind: 'indeterminate', answer: 'HTTP 500' }
    const report = await run()
    expect(report).toMatchObject({
      outcome: 'failed',
      credentialState: 'unknown',
      places: [{ status: 'writable' }, { status: 'writable' }],
    })
    expect(report.accessToken).toBeUndefined()
    expect(authorizationServer.presented).toHaveLength(1)
    expect(job.calls).toEqual(['announce'])
    expect(rehearsal.record.phase).toBe('claimed')
  })
})

describe('a refused write of the new refresh token', () => {
  test('keeps a sealed copy in the record and prints the command for it', async () => {
    store.refusals.set('write RT', refusal)
    const report = await run()
    expect(report).toMatchObject({
      outcome: 'failed',
      credentialState: 'escrowed',
      errorCode: 'PERMISSION_MISSING',
      places: [{ status: 'not written' }, { status: 'writable' }],
    })
    expect(report.remedy).toContain(
      `\`restore {"keyId":"1","encryptedValue":"${box('refresh-token-1')}"}\``,
    )
    expect(rehearsal.record).toMatchObject({
      phase: 'blocked',
      escrow: { sealed: { encryptedValue: box('refresh-token-1') } },
    })
    expect(report.accessToken).toBeUndefined()
    expect(store.calls).not.toContain('write AT')
  })

  test('is tried again with the new key when the store has one', async () => {
    const next = { presented: false }
    const refresh = authorizationServer.refresh.bind(authorizationServer)
    authorizationServer.refresh = (token) => {
      next.presented = true
      store.keyId += 1
      return refresh(token)
    }
    expect((await run()).outcome).toBe('rotated')
    expect(store.values.get('RT')).toBe('refresh-token-1')
    expect(store.calls.filter((call) => call === 'write RT')).toHaveLength(2)
  })

  test('is kept in the record when the new key cannot be had', async () => {
    const refresh = authorizationServer.refresh.bind(authorizationServer)
    authorizationServer.refresh = (token) => {
      store.keyId += 1
      return refresh(token)
    }
    store.refusals.set('renew RT', refusal)
    expect(await run()).toMatchObject({ credentialState: 'escrowed' })
  })
})

describe('somebody else who writes the secret meanwhile', () => {
  test('is not overwritten', async () => {
    const refresh = authorizationServer.refresh.bind(authorizationServer)
    authorizationServer.refresh = (token) => {
      store.set('RT', 'a fresh grant')
      return refresh(token)
    }
    expect(await run()).toMatchObject({
      outcome: 'failed',
      errorCode: 'SECRET_CHANGED_MEANWHILE',
      credentialState: 'unknown',
    })
    expect(store.values.get('RT')).toBe('a fresh grant')
  })

  test('is looked for, but the look may fail', async () => {
    const refresh = authorizationServer.refresh.bind(authorizationServer)
    authorizationServer.refresh = (token) => {
      store.refusals.set('inspect RT', refusal)
      return refresh(token)
    }
    expect((await run()).outcome).toBe('rotated')
  })
})

describe('a failed rotation falls back on the client itself', () => {
  const fallback = { rotation: { fallback: 'client-credentials' as const } }

  beforeEach(() => {
    authorizationServer.next = { kind: 'indeterminate', answer: 'HTTP 500' }
  })

  test('where the server gives it a token', async () => {
    authorizationServer.requestClientCredentials = async () => ({
      accessToken: new SecretValue('of-the-client'),
      expiresInSeconds: 60,
      issuedAt: new Date('2026-01-01T12:00:00Z'),
    })
    const report = await run(fallback)
    expect(report).toMatchObject({
      outcome: 'fallback',
      credentialState: 'unknown',
      errorCode: 'TOKEN_REQUEST_INDETERMINATE',
      expiresAt: new Date('2026-01-01T12:01:00Z'),
    })
    expect(report.accessToken?.reveal()).toBe('of-the-client')
    expect(job.masked).toContain('of-the-client')
  })

  test('and fails where it does not', async () => {
    expect(await run(fallback)).toMatchObject({ outcome: 'failed' })
  })
})

test.each([true, false])(
  'says whether old and new access token overlap: %p',
  async (keepsOldAccessToken) => {
    await run({ rotation: { keepsOldAccessToken } })
    const isSaid = job.lines.join().includes('do not overlap')
    expect(isSaid).toBe(!keepsOldAccessToken)
  },
)

describe('distributing', () => {
  test('goes on after a refused place, and the run is partial', async () => {
    store.refusals.set('write AT', refusal)
    const report = await run({ accessTokenPlaces: ['AT', 'AT2'] })
    expect(report).toMatchObject({
      outcome: 'partial',
      credentialState: 'stored',
      errorCode: 'PERMISSION_MISSING',
      places: [
        { status: 'written' },
        { status: 'not written' },
        { status: 'written' },
      ],
    })
    expect(report.accessToken?.reveal()).toBe('access-token-1')
  })

  describe('without an access token in the reply', () => {
    beforeEach(() => {
      authorizationServer.next = {
        kind: 'issued',
        tokens: { refreshToken: new SecretValue('refresh-token-7') },
        defects: ['it had no token_type'],
      }
    })

    test('is partial when there are places for it', async () => {
      expect(await run()).toMatchObject({
        outcome: 'partial',
        errorCode: 'ACCESS_TOKEN_MISSING',
        credentialState: 'stored',
      })
      expect(store.values.get('RT')).toBe('refresh-token-7')
    })

    test('is a warning when there are none', async () => {
      const report = await run({ accessTokenPlaces: [] })
      expect(report.outcome).toBe('rotated')
      expect(job.lines.join('\n')).toContain('held no access token')
    })
  })
})

describe('a defect of the action itself', () => {
  test('before the spend leaves the token unchanged', async () => {
    job.info = () => {
      throw new RangeError('canary')
    }
    const report = await run()
    expect(report).toMatchObject({
      outcome: 'failed',
      errorCode: 'INTERNAL_ERROR',
      credentialState: 'unchanged',
    })
    expect(JSON.stringify(report)).not.toContain('canary')
  })

  test('after it says that the token may be lost', async () => {
    job.mask = () => {
      throw new RangeError('canary')
    }
    const report = await run()
    expect(report).toMatchObject({
      errorCode: 'INTERNAL_ERROR',
      credentialState: 'lost',
    })
    expect(report.remedy).toContain('`set RT`')
  })
})
