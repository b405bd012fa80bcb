import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import type { Fault } from '../support/fault-proxy.ts'
import type { StepResult } from '../support/runner/runner.ts'
import { GITHUB_TOKEN, World } from '../support/world.ts'

const COMMAND = '`gh secret set REFRESH_TOKEN --repo acme/web`'
const NOTHING_ELSE = `put its refresh token in place by hand: ${COMMAND}. Nothing else has to be done.`

let world: World

beforeEach(async () => {
  world = await World.start()
})

afterEach(() => world.close())

function expectFailure(
  main: StepResult,
  code: string,
  credentialState: string,
): void {
  expect(main.exitCode).toBe(1)
  expect(main.outputs).toEqual({
    outcome: 'failed',
    rotated: 'false',
    'access-token': '',
    'expires-at': '',
    'next-due-at': '',
    'refresh-token-expires-at': '',
    sequence: expect.stringMatching(/^\d*$/),
    'credential-state': credentialState,
    'error-code': code,
  })
  expect(main.annotations).toMatchObject([
    { kind: 'error', title: `Rotate Token: ${code}` },
  ])
}

function messageOf(main: StepResult): string {
  return main.annotations[0]?.message ?? ''
}

/** Nothing was spent: the stored token still works. */
async function expectUnspent(): Promise<void> {
  const { authorizationServer, storedRefreshToken = '' } = world
  expect(
    await authorizationServer.acceptsRefreshToken(storedRefreshToken),
  ).toBe(true)
}

describe('by the authorization server', () => {
  test('invalid_grant: the token is lost, and one command is needed', async () => {
    await world.run()
    world.clock.advance(200_000)
    world.repository.secrets.set('REFRESH_TOKEN', 'never-issued-to-anybody')
    const { main } = await world.run()
    expectFailure(main, 'REAUTHORIZATION_REQUIRED', 'lost')
    expect(messageOf(main)).toContain('invalid_grant')
    expect(messageOf(main)).toContain(NOTHING_ELSE)
    expect(world.authorizationProxy.count('POST', /token/)).toBe(2)

    // It is never sent again.
    expectFailure((await world.run()).main, 'REAUTHORIZATION_REQUIRED', 'lost')
    expect(world.authorizationProxy.count('POST', /token/)).toBe(2)

    // And that is all that has to be done.
    world.clock.advance(200_000)
    world.repository.secrets.set(
      'REFRESH_TOKEN',
      await world.mintRefreshToken(),
    )
    expect((await world.run()).main.outputs['outcome']).toBe('rotated')
  })

  test('a spent token that somebody puts back: nothing is sent', async () => {
    const { issued } = world.authorizationServer
    await world.run()
    world.repository.secrets.set('REFRESH_TOKEN', issued[0] ?? '')
    const { main } = await world.run()
    expectFailure(main, 'SECRET_MISMATCH', 'unchanged')
    expect(messageOf(main)).toContain(NOTHING_ELSE)
    expect(world.authorizationProxy.count('POST', /token/)).toBe(1)
  })

  test('a wrong client secret: the token is not spent', async () => {
    world.repository.secrets.set('CLIENT_SECRET', 'wrong-secret-wrong')
    const { main } = await world.run()
    expectFailure(main, 'CLIENT_AUTHENTICATION_FAILED', 'unchanged')
    expect(messageOf(main)).toContain("Check 'client-id', 'client-auth-method'")
    await expectUnspent()
  })

  test.each<[string, Fault, string, string]>([
    [
      'a lost answer',
      { kind: 'drop', when: 'after' },
      'TOKEN_REQUEST_INDETERMINATE',
      'unknown',
    ],
    [
      'a server error',
      { kind: 'respond', status: 500 },
      'TOKEN_REQUEST_INDETERMINATE',
      'unknown',
    ],
    [
      'a success without tokens',
      { kind: 'respond', status: 200, body: '<html>' },
      'TOKEN_REQUEST_INDETERMINATE',
      'unknown',
    ],
    [
      'a limit',
      { kind: 'respond', status: 429, headers: { 'retry-after': '61' } },
      'RATE_LIMITED',
      'unchanged',
    ],
    [
      'no such page',
      { kind: 'respond', status: 404 },
      'TOKEN_REQUEST_REJECTED',
      'unchanged',
    ],
  ])('%s, asked once', async (_, fault, code, state) => {
    world.authorizationProxy.rules.push({ fault })
    const { main } = await world.run({
      with: { 'access-token-secrets': 'ACCESS_TOKEN' },
    })
    expectFailure(main, code, state)
    expect(world.authorizationProxy.count('POST', /token/)).toBe(1)
    expect(world.repository.secrets.get('ACCESS_TOKEN')).toBeUndefined()
    if (state === 'unknown') expect(messageOf(main)).toContain(NOTHING_ELSE)
  })

  test('a limit with a short wait is asked once more', async () => {
    world.authorizationProxy.rules.push({
      times: 1,
      fault: { kind: 'respond', status: 429, headers: { 'retry-after': '1' } },
    })
    expect((await world.run()).main.outputs['outcome']).toBe('rotated')
    expect(world.authorizationProxy.count('POST', /token/)).toBe(2)
  })

  test('nobody there: the request was not sent, after three tries', async () => {
    await world.authorizationProxy.close()
    const { main } = await world.run()
    expectFailure(main, 'TOKEN_ENDPOINT_UNAVAILABLE', 'unchanged')
    expect(messageOf(main)).toContain('ECONNREFUSED')
    await world.authorizationProxy.start()
  })

  test('metadata that cannot be had', async () => {
    const { main } = await world.run({
      with: { issuer: world.authorizationProxy.url, 'token-endpoint': '' },
    })
    expectFailure(main, 'DISCOVERY_FAILED', 'unchanged')
    expect(messageOf(main)).toContain('names another issuer')
    await expectUnspent()
  })
})

describe('by GitHub, before the spend', () => {
  test.each([
    ['no permission at all', {}, 'secrets: read'],
    ['permission to read only', { secrets: 'read' as const }, 'secrets: write'],
  ])('%s: it is named, with the place', async (_, permissions, needed) => {
    world.github.addToken(GITHUB_TOKEN, {
      kind: 'fine-grained',
      permissions,
      repositories: ['acme/web'],
    })
    const { main } = await world.run()
    expectFailure(main, 'PERMISSION_MISSING', 'unchanged')
    expect(messageOf(main)).toContain(
      `needs the repository permission "Secrets" (${needed}) for the repository acme/web`,
    )
    expect(messageOf(main)).toContain(
      'Resource not accessible by personal access token',
    )
    expect(world.authorizationProxy.requests).toEqual([])
    await expectUnspent()
  })

  test('a missing permission for one of the places', async () => {
    world.github.addEnvironment(world.repository, 'production')
    const { main } = await world.run({
      with: { 'access-token-secrets': 'environment:production/ACCESS_TOKEN' },
    })
    expectFailure(main, 'PERMISSION_MISSING', 'unchanged')
    expect(messageOf(main)).toContain(
      'needs the repository permission "Environments" (environments: read) for the environment \'production\' of acme/web',
    )
    await expectUnspent()
  })

  test('an expired token', async () => {
    world.github.revokeToken(GITHUB_TOKEN)
    const { main } = await world.run()
    expectFailure(main, 'CREDENTIAL_REJECTED', 'unchanged')
    expect(messageOf(main)).toContain('401 "Bad credentials"')
    await expectUnspent()
  })

  test('a secret that is read from one name and written to another', async () => {
    const { main } = await world.run({
      with: { 'refresh-token-secret': 'REFRESH_TOKEM' },
    })
    expectFailure(main, 'SECRET_NOT_FOUND', 'unchanged')
    expect(messageOf(main)).toContain('REFRESH_TOKEM')
    await expectUnspent()
  })

  test('a full store', async () => {
    const { secrets } = world.repository
    while (secrets.secrets.size < 100)
      secrets.set(`S${secrets.secrets.size}`, 'x')
    const { main } = await world.run()
    expectFailure(main, 'SECRET_STORE_FULL', 'unchanged')
    await expectUnspent()
  })
})

describe('by GitHub, after the spend', () => {
  test('a refused write: the token is kept in the record, and the next run stores it', async () => {
    world.githubProxy.rules.push({
      times: 1,
      method: 'PUT',
      path: /\/REFRESH_TOKEN$/,
      fault: {
        kind: 'respond',
        status: 403,
        body: '{"message":"Resource not accessible by personal access token"}',
      },
    })
    const { main } = await world.run()
    expectFailure(main, 'PERMISSION_MISSING', 'escrowed')
    expect(messageOf(main)).toContain('`gh api -X PUT ')
    const next = await world.run()
    expect(next.main.outputs['outcome']).toBe('recovered-escrow')
    expect(next.main.outputs['credential-state']).toBe('stored')
    const { authorizationServer } = world
    expect(await authorizationServer.liveRefreshTokens()).toEqual([
      world.storedRefreshToken,
    ])
    expect((await world.run()).main.outputs['outcome']).toBe('rotated')
  })

  test('a person who stores a fresh grant meanwhile is not overwritten', async () => {
    const fresh = await world.mintRefreshToken()
    world.authorizationProxy.rules.push({
      method: 'POST',
      fault: {
        kind: 'rewrite',
        rewrite: (reply) => {
          world.repository.secrets.set('REFRESH_TOKEN', fresh)
          return reply
        },
      },
    })
    // The look goes out with the token request; let it come back later.
    world.githubProxy.rules.push({
      method: 'GET',
      path: /\/REFRESH_TOKEN$/,
      fault: { kind: 'pass' },
      times: 1,
    })
    world.githubProxy.rules.push({
      method: 'GET',
      path: /\/REFRESH_TOKEN$/,
      fault: {
        kind: 'wait',
        until: async () => {
          while (world.storedRefreshToken !== fresh) await tick()
        },
      },
    })
    const { main } = await world.run()
    expectFailure(main, 'SECRET_CHANGED_MEANWHILE', 'unknown')
    expect(world.storedRefreshToken).toBe(fresh)
  })
})

function tick(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 5)
  })
}
