import { execFileSync } from 'node:child_process'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { Intruder, serveThief, type LooseRecord } from '../support/intruder.ts'
import type { RunResult } from '../support/runner/runner.ts'
import { APP_CLIENT_ID, GITHUB_TOKEN, World } from '../support/world.ts'

type Thief = Awaited<ReturnType<typeof serveThief>>

let world: World
let intruder: Intruder
let thief: Thief

beforeEach(async () => {
  world = await World.start()
  intruder = new Intruder(world.repository.git)
  thief = await serveThief()
})

afterEach(async () => {
  await thief.close()
  await world.close()
})

const refused = {
  kind: 'respond',
  status: 403,
  body: '{"message":"Resource not accessible by personal access token"}',
} as const

/** Nothing was asked that a rotation does not ask. */
function expectKnownPaths(): void {
  const paths = world.githubProxy.requests.map(({ path }) => path)
  const known =
    /^\/(repos\/acme\/web\/(actions\/secrets\/(public-key|REFRESH_TOKEN|ROTATE_TOKEN_PROBE_\w+)|git\/(ref|refs|commits|trees)(\/[\w%-]+)?|actions\/runs\/\d+\/attempts\/\d+|installation|environments\?per_page=100|actions\/secrets\?per_page=100)|orgs\/acme\/actions\/secrets\/[\w-]+(\/repositories\?per_page=100&page=1)?|orgs\/acme\/installation|app\/installations\/\d+\/access_tokens|installation\/token)$/
  expect(paths.filter((path) => !known.test(path))).toEqual([])
}

/** GitHub refuses the secret once, so that there is a sealed copy in the record. */
async function runIntoEscrow(
  secret = 'REFRESH_TOKEN',
  inputs: Record<string, string> = {},
): Promise<RunResult> {
  world.githubProxy.rules.unshift({
    times: 1,
    method: 'PUT',
    path: new RegExp(`/${secret}$`),
    fault: refused,
  })
  const result = await world.run({ with: inputs })
  expect(result.main.outputs['credential-state']).toBe('escrowed')
  return result
}

function sealedIn(record: LooseRecord): Record<string, unknown> {
  if (record.escrow === undefined) throw new Error('no escrow')
  return record.escrow.sealed
}

/** What the run that follows a forgery says, whatever else it does. */
function expectWarning({ main }: RunResult): void {
  expect(main.log.join('\n')).toContain('RECORD_TAMPERED')
}

/** The newest token is in the secret, and the record knows it. */
async function expectKept(): Promise<void> {
  expect(await world.authorizationServer.liveRefreshTokens()).toEqual([
    world.storedRefreshToken,
  ])
  expect((await world.run()).main.outputs['outcome']).toBe('rotated')
  expect(world.authorizationServer.replays).toBe(0)
}

/** The record as 0.4.0 wrote it. */
function toVersion1(record: LooseRecord): LooseRecord {
  const { claim, escrow, block } = record
  const { keyId, encryptedValue, ...more } = sealedIn(record)
  return {
    version: 1,
    phase: 'blocked',
    sequence: record['sequence'],
    salt: '00'.repeat(16),
    current: record['current'],
    previous: [],
    pendingPlaces: [],
    knowsIntrospection: false,
    ...(claim && {
      claim: { ...claim, isInDoubt: claim['isIndeterminate'] },
    }),
    escrow: {
      ...escrow,
      sealed: {
        body: { key_id: keyId, encrypted_value: encryptedValue, ...more },
      },
    },
    ...(block && { block }),
  }
}

describe('a sealed copy with more in it than a sealed copy', () => {
  const additions: [string, (url: string) => Record<string, unknown>][] = [
    ['another server', (url) => ({ baseUrl: url })],
    ['an address', (url) => ({ url: `${url}/{secret_name}` })],
    ['another secret', () => ({ secret_name: 'ROTATION_TOKEN' })],
    ['another repository', () => ({ owner: 'evil', repo: 'mine' })],
    ['another method', () => ({ method: 'DELETE' })],
    ['a header', (url) => ({ headers: { 'x-forward-to': url } })],
    ['a body', () => ({ data: { key_id: '1', encrypted_value: 'Ym94' } })],
    ['other names', () => ({ key_id: '1', encrypted_value: 'Ym94' })],
    ['options of requests', () => ({ request: { redirect: 'manual' } })],
    ['a format', () => ({ mediaType: { format: 'raw', previews: ['x'] } })],
  ]

  test('is stored where it belongs in the form of 0.4.0, too', async () => {
    await runIntoEscrow()
    intruder.append((record) => {
      for (const [name, adding] of additions) {
        if (name !== 'other names') {
          Object.assign(sealedIn(record), adding(thief.url))
        }
      }
      return toVersion1(record)
    })
    world.githubProxy.requests.length = 0
    const result = await world.run()
    expect(thief.requests).toEqual([])
    expect(result.main.outputs['outcome']).toBe('recovered-escrow')
    expectWarning(result)
    expectKnownPaths()
    await expectKept()
  })

  test('in a state, it is stored where it belongs', async () => {
    await runIntoEscrow()
    for (const [, adding] of additions) {
      intruder.append((record) => {
        Object.assign(sealedIn(record), adding(thief.url))
      })
    }
    await expectStoredWhereItBelongs()
  })

  test.each(additions)(
    'by itself, with %s, it is stored where it belongs',
    async (_, adding) => {
      await runIntoEscrow()
      intruder.append((record) => {
        Object.assign(sealedIn(record), adding(thief.url))
        const { version, escrow } = record
        return { version, ...(escrow && { escrow }) }
      })
      await expectStoredWhereItBelongs()
    },
  )

  async function expectStoredWhereItBelongs(): Promise<void> {
    world.githubProxy.requests.length = 0
    const { main } = await world.run()
    expect(thief.requests).toEqual([])
    expect(main.outputs['outcome']).toBe('recovered-escrow')
    const writes = world.githubProxy.requests.filter(
      ({ method, path }) => method !== 'GET' && path.includes('/secrets/'),
    )
    expect(writes.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'PUT /repos/acme/web/actions/secrets/REFRESH_TOKEN',
    ])
    expect(Object.keys(JSON.parse(writes[0]?.body ?? '') as object)).toEqual([
      'key_id',
      'encrypted_value',
    ])
    expectKnownPaths()
    expect(world.repository.secrets.get('ROTATION_TOKEN')?.value).toBe(
      GITHUB_TOKEN,
    )
    await expectKept()
  }

  test('gets no token of an App either', async () => {
    await world.addApp({ secrets: 'write', contents: 'write', actions: 'read' })
    const app = {
      'github-token': '',
      'app-client-id': APP_CLIENT_ID,
      'app-private-key': '${{ secrets.APP_PRIVATE_KEY }}',
    }
    await runIntoEscrow('REFRESH_TOKEN', app)
    intruder.append((record) => {
      sealedIn(record)['baseUrl'] = thief.url
    })
    const { main } = await world.run({ with: app })
    expect(thief.requests).toEqual([])
    expect(main.outputs['outcome']).toBe('recovered-escrow')
    expectKnownPaths()
  })

  test('opens no organization secret to anybody', async () => {
    const other = world.github.addRepository('acme/other')
    const organization = world.github.addOrganization('acme')
    organization.set('SHARED', world.storedRefreshToken ?? '', {
      visibility: 'selected',
      selected_repository_ids: [world.repository.id],
    })
    world.clock.advance(3_600_000)
    world.github.addToken(GITHUB_TOKEN, {
      kind: 'fine-grained',
      permissions: { organization_secrets: 'write', secrets: 'write' },
      repositories: ['acme/web', 'acme/other'],
      organizations: ['acme'],
    })
    const inputs = {
      'refresh-token': '${{ secrets.SHARED }}',
      'refresh-token-secret': 'organization:acme/SHARED',
    }
    await runIntoEscrow('SHARED', inputs)
    intruder.append((record) => {
      Object.assign(sealedIn(record), {
        visibility: 'all',
        selected_repository_ids: [world.repository.id, other.id],
      })
    })
    const { main } = await world.run({ with: inputs })
    expect(main.outputs['outcome']).toBe('recovered-escrow')
    expect(organization.get('SHARED')).toMatchObject({
      visibility: 'selected',
      selectedRepositoryIds: new Set([world.repository.id]),
    })
  })

  test('of an organization is written with those who may read it now', async () => {
    const organization = world.github.addOrganization('acme')
    const access = {
      visibility: 'selected',
      selected_repository_ids: [world.repository.id],
    }
    const token = world.storedRefreshToken ?? ''
    organization.set('SHARED', token, access)
    world.clock.advance(3_600_000)
    world.github.addToken(GITHUB_TOKEN, {
      kind: 'fine-grained',
      permissions: { organization_secrets: 'write', secrets: 'write' },
      repositories: ['acme/web'],
      organizations: ['acme'],
    })
    const inputs = {
      'refresh-token': '${{ secrets.SHARED }}',
      'refresh-token-secret': 'organization:acme/SHARED',
    }
    await runIntoEscrow('SHARED', inputs)
    const { secrets } = organization
    const stored = secrets.get('SHARED')
    if (stored === undefined) throw new Error('no secret')
    // On the settings page, which does not touch the value.
    secrets.set('SHARED', { ...stored, visibility: 'private' })
    const { main } = await world.run({ with: inputs })
    expect(main.outputs['outcome']).toBe('recovered-escrow')
    expect(organization.get('SHARED')?.visibility).toBe('private')
  })
})

test.each<[string, unknown]>([
  ['a key id with a command in it', { keyId: '1; touch pwned' }],
  ['a key id that is a list', { keyId: ['1'] }],
  ['a value that is no base64', { encryptedValue: '$(touch pwned)' }],
  ['a value without end', { encryptedValue: 'A'.repeat(1_000_000) }],
  ['a value of somebody else', { encryptedValue: 'cHduZWQ='.repeat(10) }],
])('%s: the authentic copy below it is stored', async (_, change) => {
  await runIntoEscrow()
  const copy = sealedIn(intruder.record)['encryptedValue']
  intruder.append((record) => {
    Object.assign(sealedIn(record), change)
  })
  world.githubProxy.requests.length = 0
  const result = await world.run()
  expect(result.main.outputs['outcome']).toBe('recovered-escrow')
  expectWarning(result)
  expect(result.main.rawOutput).not.toContain('pwned')
  const stored = world.githubProxy.requests.find(
    ({ method }) => method === 'PUT',
  )
  expect(JSON.parse(stored?.body ?? '')).toMatchObject({
    encrypted_value: copy,
  })
  await expectKept()
})

test.each([
  ['no JSON', 'Idle\n\n{'],
  ['no object', 'Idle\n\n[]'],
  ['no text at all', ''],
  [
    'more than is looked at',
    `Idle\n\n{"version":3,"x":"${'A'.repeat(1_000_000)}"}`,
  ],
])('%s: is as if it was not there', async (_, message) => {
  await world.run()
  intruder.appendMessage(message)
  const result = await world.run()
  expect(result.main.outputs['outcome']).toBe('rotated')
  expectWarning(result)
  await expectKept()
})

describe('the command to paste', () => {
  /** Runs it in a shell that has a `gh` of its own. */
  function paste(command: string): string[] {
    const script = `gh() { printf '%s\\n' "$@"; }; ${command}`
    return execFileSync('bash', ['-c', script]).toString().trim().split('\n')
  }

  test.each<[string, Record<string, unknown>]>([
    ['a name', { 'x$(echo pwned >&2; echo pwned)': '1' }],
    ['a name with a quote', { "x'; echo pwned; '": '1' }],
    ['an item of a list', { ids: ["1'; echo pwned; '"] }],
    ['a name of a list', { "a[]'; echo pwned; '": [1] }],
  ])('holds no text of others as %s', async (_, fields) => {
    await runIntoEscrow()
    intruder.append((record) => {
      Object.assign(sealedIn(record), fields)
    })
    world.githubProxy.rules.unshift({
      method: 'PUT',
      path: /\/REFRESH_TOKEN$/,
      fault: refused,
    })
    const { main } = await world.run()
    const error = main.annotations.find(({ kind }) => kind === 'error')
    const message = error?.message ?? ''
    const [, command = ''] = /`(gh api [^`]+)`/.exec(message) ?? []
    const words = paste(command)
    expect(words.slice(0, 4)).toEqual([
      'api',
      '-X',
      'PUT',
      'repos/acme/web/actions/secrets/REFRESH_TOKEN',
    ])
    expect(words.slice(4)).toEqual([
      '-f',
      expect.stringMatching(/^key_id=\d+$/),
      '-f',
      expect.stringMatching(/^encrypted_value=[\w+/]+=*$/),
    ])
  })
})

describe('an owner that is a path', () => {
  const owners: [string, Record<string, unknown>][] = [
    ['as a repository', { repository: '../..' }],
    ['as an owner', { repository: 'acme/..' }],
    ['as more than a repository', { repository: 'acme/web/../../x/y' }],
    ['as a run', { runId: '../../../secrets' }],
    ['as an attempt', { attempt: '1/../../..' }],
    ['that is no text', { runId: 7 }],
    ['that is a query', { runId: '1?x=y' }],
    ['with a line break', { repository: 'acme/web\n' }],
  ]

  /** Cut off in the middle, so that the record has an owner. */
  async function cutOff(): Promise<void> {
    world.githubProxy.rules.push({
      method: 'PUT',
      path: /\/REFRESH_TOKEN$/,
      fault: { kind: 'hang', when: 'before' },
      times: 1,
    })
    const [put] = world.githubProxy.rules
    await world.run({
      isMachineLost: true,
      onStart: (main) => {
        const wait = setInterval(() => {
          if (put?.times !== 0) return
          clearInterval(wait)
          main.kill('SIGKILL')
        }, 5)
      },
    })
    expect(intruder.record.claim).toBeDefined()
  }

  /** What the next run would do without the forgery. */
  const honest = {
    outcome: 'failed',
    'error-code': 'TOKEN_REQUEST_INDETERMINATE',
    'credential-state': 'unknown',
  }

  test('is never asked for by a run that has a record of its own', async () => {
    await cutOff()
    world.clock.advance(200_000)
    for (const [, owner] of owners) {
      intruder.append(({ claim }) => {
        Object.assign(claim?.owner ?? {}, owner)
      })
    }
    world.githubProxy.requests.length = 0
    const result = await world.run()
    expectKnownPaths()
    expect(result.main.outputs).toMatchObject(honest)
    expectWarning(result)
  })

  test.each(owners)('is never asked for, %s', async (_, owner) => {
    await cutOff()
    world.clock.advance(200_000)
    const heldSince = world.clock.now().toISOString()
    intruder.append(({ claim }) => {
      Object.assign(claim ?? {}, { heldSince })
      Object.assign(claim?.owner ?? {}, owner)
    })
    const fresh = await world.mintRefreshToken()
    world.repository.secrets.set('REFRESH_TOKEN', fresh)
    world.githubProxy.requests.length = 0
    const { main } = await world.run()
    expectKnownPaths()
    expect(main.outputs['outcome']).toBe('rotated')
  })
})

describe('a block that says that a copy is safe while none is there', () => {
  test.each(['escrowed', 'stored', 'journaled'])(
    '%s, appended: the copy below it is stored',
    async (credentialState) => {
      await runIntoEscrow()
      intruder.append((record) => {
        delete record.escrow
        Object.assign(record.block ?? {}, { credentialState })
      })
      const result = await world.run()
      expect(result.main.outputs['outcome']).toBe('recovered-escrow')
      expectWarning(result)
      await expectKept()
    },
  )

  test('the authentic one, put back without the copy, is not repeated', async () => {
    await runIntoEscrow()
    const { escrow: _escrow, ...rest } = intruder.record
    intruder.setBack(1)
    // The state is not changed, and where it was it is authentic.
    intruder.append(() => rest)
    const { main } = await world.run()
    expect(main.exitCode).toBe(1)
    expect(main.outputs['credential-state']).toBe('unknown')
    expect(main.log.join()).not.toContain('RECORD_TAMPERED')
  })
})

describe('an error code that is none', () => {
  test.each([
    'x%0A::error::y',
    '[click](https://evil.example)',
    '<img src="https://evil.example/x.png">',
    '@octocat',
    'rotated',
  ])('%s is shown to nobody', async (code) => {
    // Nobody knows what became of this one.
    world.authorizationProxy.rules.push({
      method: 'POST',
      times: 1,
      fault: { kind: 'drop', when: 'after' },
    })
    await world.run()
    world.clock.advance(200_000)
    await world.run()
    expect(intruder.record.block).toBeDefined()
    intruder.append(({ block }) => {
      Object.assign(block ?? {}, { code })
    })
    const result = await world.run()
    const { main } = result
    const authentic = 'TOKEN_REQUEST_INDETERMINATE'
    expect(main.outputs['error-code']).toBe(authentic)
    expect(main.annotations.find(({ kind }) => kind === 'error')?.title).toBe(
      `Rotate Token: ${authentic}`,
    )
    expectWarning(result)
    expect(main.rawOutput).not.toContain(code)
    expect(main.summary).not.toContain(code)
  })
})
