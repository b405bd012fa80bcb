import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { makeKeyPair } from '../support/key-pairs.ts'
import type { RunOptions } from '../support/world.ts'
import { APP_CLIENT_ID, REPOSITORY, World } from '../support/world.ts'
import type { RunResult } from '../support/runner/runner.ts'

/** More than any test needs: what is asked for is what counts. */
const everything = {
  contents: 'write',
  actions: 'read',
  administration: 'write',
  secrets: 'write',
  environments: 'write',
  dependabot_secrets: 'write',
  agent_secrets: 'write',
  organization_secrets: 'write',
  organization_agent_secrets: 'write',
} as const

let world: World

beforeEach(async () => {
  world = await World.start()
})

afterEach(() => world.close())

function run({
  with: inputs,
  ...options
}: RunOptions = {}): Promise<RunResult> {
  return world.run({
    ...options,
    with: {
      'github-token': '',
      'app-client-id': APP_CLIENT_ID,
      'app-private-key': '${{ secrets.APP_PRIVATE_KEY }}',
      ...inputs,
    },
  })
}

/** Every token that was minted has been given back. */
function expectRevoked(count: number): void {
  const { mintedTokens } = world.github
  expect(mintedTokens).toHaveLength(count)
  for (const { revokedAt } of mintedTokens) expect(revokedAt).toBeDefined()
}

function messageOf({ main }: RunResult): string {
  return main.annotations[0]?.message ?? ''
}

describe('with exactly the permissions that are needed', () => {
  test('for one secret of this repository', async () => {
    await world.addApp(everything)
    const { main, post } = await run()
    expect(main.outputs['outcome']).toBe('rotated')
    expect(world.github.mintedTokens).toMatchObject([
      { permissions: { secrets: 'write' }, repositories: [REPOSITORY] },
    ])
    expectRevoked(1)
    expect(post.exitCode).toBe(0)
    expect(post.log).toEqual(['Revoked the installation token.'])
    expect(main.outputs['access-token']).not.toBe('')
  })

  test('for places of several kinds and owners, and the record', async () => {
    await world.addApp(everything)
    world.github.addEnvironment(world.repository, 'production')
    world.github.addRepository('acme/api')
    world.github.addRepository('acme/records')
    world.github
      .addOrganization('acme')
      .set('AT', 'old', { visibility: 'private' })
    const { main } = await run({
      with: {
        'access-token-secrets': [
          'environment:production/AT',
          'repository:acme/api/dependabot/AT',
          'organization:acme/AT',
        ].join('\n'),
        record: 'acme/records#the-id',
        'record-token': '',
      },
    })
    expect(main.outputs['outcome']).toBe('rotated')
    expect(world.github.mintedTokens).toHaveLength(2)
    expect(world.github.mintedTokens).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          permissions: {
            actions: 'read',
            contents: 'write',
            dependabot_secrets: 'write',
            environments: 'write',
            secrets: 'write',
          },
          repositories: ['acme/api', 'acme/records', REPOSITORY],
        }),
        expect.objectContaining({
          permissions: { organization_secrets: 'write' },
          repositories: 'all',
        }),
      ]),
    )
    expectRevoked(2)
    expect([
      ...world.github.repository('acme/records').git.refs.keys(),
    ]).toContain('refs/rotate-token/the-id')
  })

  test('in the installations of two owners', async () => {
    const { pem, publicKey } = await makeKeyPair('RS256')
    world.extraSecrets.add(pem)
    world.repository.secrets.set('APP_PRIVATE_KEY', pem)
    world.github.addRepository('other/site')
    world.github.addApp({
      clientId: APP_CLIENT_ID,
      publicKey,
      installations: ['acme', 'other'].map((account) => ({
        account,
        permissions: everything,
        repositories: 'all',
      })),
    })
    const { main } = await run({
      with: { 'access-token-secrets': 'repository:other/site/AT' },
    })
    expect(main.outputs['outcome']).toBe('rotated')
    expect(
      world.github.mintedTokens.map(({ repositories }) => repositories).sort(),
    ).toEqual([[REPOSITORY], ['other/site']])
    expectRevoked(2)
  })
})

describe('and gives it back', () => {
  test('after a failure', async () => {
    await world.addApp(everything)
    world.repository.secrets.set('REFRESH_TOKEN', 'never-issued-to-anybody')
    const { main } = await run()
    expect(main.outputs['error-code']).toBe('REAUTHORIZATION_REQUIRED')
    expectRevoked(1)
  })

  test('after main was killed, which the post step makes good, too', async () => {
    await world.addApp(everything)
    const { post } = await run({
      onStart: (main) => {
        world.githubProxy.rules.push({
          method: 'PUT',
          path: /REFRESH_TOKEN/,
          times: 1,
          fault: {
            kind: 'wait',
            until: () => {
              main.kill('SIGKILL')
              return new Promise(() => undefined)
            },
          },
        })
      },
    })
    expect(post.outputs['outcome']).toBe('recovered-journal')
    // One for main, and one for the write of the post step.
    expectRevoked(2)
    expect(await world.authorizationServer.liveRefreshTokens()).toEqual([
      world.storedRefreshToken,
    ])
  })

  test('or says that it could not, when GitHub does not take it', async () => {
    await world.addApp(everything)
    world.githubProxy.rules.push({
      method: 'DELETE',
      path: /installation\/token/,
      fault: { kind: 'respond', status: 403, body: '{"message":"No"}' },
    })
    const { post } = await run()
    expect(post.exitCode).toBe(0)
    expect(post.annotations).toMatchObject([
      {
        kind: 'warning',
        message: expect.stringContaining('It expires by itself, an hour after'),
      },
    ])
  })
})

describe('by the clock of GitHub, whatever that of the runner says', () => {
  test.each([-5 * 3_600_000, -90_000, 90_000, 5 * 3_600_000])(
    'which is %d ms off',
    async (milliseconds) => {
      await world.addApp(everything)
      world.clock.set(new Date(Date.now() + milliseconds - 60_000))
      const { secrets } = world.repository
      secrets.set('REFRESH_TOKEN', world.storedRefreshToken ?? '')
      world.clock.advance(60_000)
      expect((await run()).main.outputs['outcome']).toBe('rotated')
      expectRevoked(1)
    },
  )
})

describe('and says what is missing, with the token unspent', () => {
  afterEach(async () => {
    expect(world.authorizationProxy.count('POST', /token/)).toBe(0)
    expect(world.github.mintedTokens).toEqual([])
  })

  test('a permission that the App has not got', async () => {
    await world.addApp({ secrets: 'read', contents: 'write' })
    const result = await run()
    expect(result.main.outputs['error-code']).toBe('PERMISSION_MISSING')
    expect(messageOf(result)).toContain(
      "The GitHub App of 'app-client-id' lacks permissions on acme that this run needs: secrets: write.",
    )
    expect(messageOf(result)).toContain('https://github.com/settings/apps')
  })

  test('an installation', async () => {
    const { pem, publicKey } = await makeKeyPair('RS256')
    world.repository.secrets.set('APP_PRIVATE_KEY', pem)
    world.github.addApp({
      clientId: APP_CLIENT_ID,
      publicKey,
      installations: [],
    })
    const result = await run()
    expect(result.main.outputs['error-code']).toBe('PERMISSION_MISSING')
    expect(messageOf(result)).toContain('Install the App on acme/web')
  })

  test('a repository among those of the installation', async () => {
    const { pem, publicKey } = await makeKeyPair('RS256')
    world.repository.secrets.set('APP_PRIVATE_KEY', pem)
    world.github.addRepository('acme/api')
    world.github.addApp({
      clientId: APP_CLIENT_ID,
      publicKey,
      installations: [
        {
          account: 'acme',
          permissions: everything,
          repositories: ['acme/api'],
        },
      ],
    })
    const result = await run({
      with: { 'access-token-secrets': 'repository:acme/api/AT' },
    })
    expect(result.main.outputs['error-code']).toBe('PERMISSION_MISSING')
    expect(messageOf(result)).toContain('acme/api, acme/web')
  })

  test('another key', async () => {
    await world.addApp(everything)
    const { pem } = await makeKeyPair('RS256')
    world.repository.secrets.set('APP_PRIVATE_KEY', pem)
    const result = await run()
    expect(result.main.outputs['error-code']).toBe('CREDENTIAL_REJECTED')
    expect(messageOf(result)).toContain('belong to the same App')
  })

  test('another client id', async () => {
    await world.addApp(everything)
    const result = await run({ with: { 'app-client-id': 'Iv1.nobody' } })
    expect(result.main.outputs['error-code']).toBe('CREDENTIAL_REJECTED')
    expect(messageOf(result)).toContain('"Integration not found"')
  })

  test('a suspended installation', async () => {
    const { installations } = await world.addApp(everything)
    for (const installation of installations) installation.isSuspended = true
    const result = await run()
    expect(result.main.outputs['error-code']).toBe('CREDENTIAL_REJECTED')
    expect(messageOf(result)).toContain('not suspended on acme')
  })

  test.each([
    [{ 'github-token': 'x' }, 'use either the token or the App'],
    [{ 'app-client-id': '' }, "'app-client-id' is empty"],
    [{ 'app-private-key': '' }, "'app-private-key' is empty"],
    [{ 'app-private-key': 'no key' }, 'is not a private key'],
    [
      { 'access-token-secrets': 'user/codespaces/AT' },
      'no GitHub App can write user/codespaces/NAME',
    ],
  ] as [Record<string, string>, string][])(
    'inputs that do not go together: %j',
    async (inputs, problem) => {
      await world.addApp(everything)
      const result = await run({ with: inputs })
      expect(result.main.outputs['error-code']).toBe('CONFIGURATION_INVALID')
      expect(messageOf(result)).toContain(problem)
      expect(world.githubProxy.requests).toEqual([])
    },
  )
})
