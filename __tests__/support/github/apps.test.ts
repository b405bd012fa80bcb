import {
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  test,
} from '@jest/globals'

import { makeKeyPair, type KeyPair } from '../key-pairs.ts'
import {
  AppAsker,
  askWith,
  everywhere,
  startWithOrganizations,
} from './app-asking.ts'
import type { Installation } from './apps.ts'
import { askerOf, type Ask } from './asking.ts'
import type { GitHubStandIn } from './stand-in.ts'

let key: KeyPair
let github: GitHubStandIn
let ask: Ask
let app: AppAsker

beforeAll(async () => {
  key = await makeKeyPair('RS256')
})

beforeEach(async () => {
  github = await startWithOrganizations()
  ask = askerOf(github)
  app = new AppAsker(github, key)
})

afterEach(async () => {
  expect(github.violations).toEqual([])
  await github.close()
})

describe('an installation is found', () => {
  test('by a repository that it has', async () => {
    const { id } = app.installOne({ repositories: ['acme/web'] })
    expect(await app.ask('GET', '/repos/Acme/Web/installation')).toMatchObject({
      status: 200,
      body: {
        id,
        account: { login: 'acme' },
        repository_selection: 'selected',
        permissions: { secrets: 'write', metadata: 'read' },
        suspended_at: null,
      },
    })
    for (const name of ['acme/api', 'other/web', 'acme/none']) {
      const seen = await app.ask('GET', `/repos/${name}/installation`)
      expect(seen.status).toBe(404)
    }
  })

  test('by its account', async () => {
    const { installations } = app.install(everywhere, {
      ...everywhere,
      account: 'other',
      accountType: 'User',
    })
    const [ofAcme, ofOther] = installations
    const found: [string, Installation | undefined][] = [
      ['/orgs/acme/installation', ofAcme],
      ['/users/acme/installation', ofAcme],
      ['/users/other/installation', ofOther],
      ['/repos/other/web/installation', ofOther],
    ]
    for (const [path, installation] of found) {
      expect(await app.ask('GET', path)).toMatchObject({
        status: 200,
        body: {
          id: installation?.id,
          target_type: installation?.accountType,
          repository_selection: 'all',
        },
      })
    }
    for (const path of ['/orgs/other/installation', '/users/x/installation']) {
      expect((await app.ask('GET', path)).status).toBe(404)
    }
  })
})

describe('no token is minted', () => {
  test.each<[string, object]>([
    ['another permission', { environments: 'read' }],
    ['a higher level', { contents: 'write' }],
    ['a level that there is not', { agent_secrets: 'all' }],
    ['one too many', { secrets: 'write', agent_variables: 'read' }],
  ])('for %s', async (_, permissions) => {
    expect(await app.mint(app.installOne(), { permissions })).toMatchObject({
      status: 422,
      body: {
        message:
          'The permissions requested are not granted to this installation.',
      },
    })
    expect(github.mintedTokens).toEqual([])
  })

  test.each([
    ['that there is not', 'none'],
    ['that it does not have', 'api'],
    ['with its owner', 'acme/web'],
  ])('for a repository %s', async (_, name) => {
    const installation = app.installOne({ repositories: ['acme/web'] })
    const repositories = ['web', name]
    expect(await app.mint(installation, { repositories })).toMatchObject({
      status: 422,
      body: {
        message:
          'There is at least one repository that does not exist or is not accessible to the parent installation.',
      },
    })
    expect(github.mintedTokens).toEqual([])
  })

  test('for the installation of another App', async () => {
    const installation = app.installOne()
    github.addApp({
      clientId: 'Iv23other',
      publicKey: key.publicKey,
      installations: [{ ...everywhere, account: 'other' }],
    })
    const path = `/app/installations/${installation.id + 1000}/access_tokens`
    expect((await app.ask('POST', path)).status).toBe(404)
  })

  test('while the installation is suspended, and none is good', async () => {
    const installation = app.installOne()
    const token = await app.mintToken(installation)
    installation.isSuspended = true
    const suspended = {
      status: 403,
      body: { message: 'This installation has been suspended' },
    }
    expect(await app.mint(installation)).toMatchObject(suspended)
    const secrets = '/repos/acme/web/actions/secrets'
    expect(await askWith(ask, token)('GET', secrets)).toMatchObject(suspended)
    expect(await app.ask('GET', '/orgs/acme/installation')).toMatchObject({
      status: 200,
      body: { suspended_at: expect.any(String) },
    })
    installation.isSuspended = false
    expect((await askWith(ask, token)('GET', secrets)).status).toBe(200)
  })
})
