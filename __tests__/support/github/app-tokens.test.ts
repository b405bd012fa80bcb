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
import { askerOf, type Ask } from './asking.ts'
import { publishedLimits } from './limits.ts'
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

function statusOf(token: string, path: string): Promise<number> {
  return askWith(ask, token)('GET', path).then(({ status }) => status)
}

describe('a token is minted', () => {
  test('for all that the installation has', async () => {
    github.clock.set(new Date('2030-01-01T00:00:00.100Z'))
    const { body, status } = await app.mint(app.installOne())
    expect(status).toBe(201)
    expect(body).toEqual({
      token: expect.any(String),
      expires_at: '2030-01-01T01:00:00Z',
      permissions: { metadata: 'read', ...everywhere.permissions },
      repository_selection: 'all',
    })
    const { token } = body as { token: string }
    const { permissions } = everywhere
    expect(github.mintedTokens).toEqual([
      { token, permissions, repositories: 'all' },
    ])
    const secrets = (name: string): string => `/repos/${name}/actions/secrets`
    expect(await statusOf(token, secrets('acme/web'))).toBe(200)
    expect(await statusOf(token, secrets('acme/api'))).toBe(200)
    expect(await statusOf(token, '/repos/acme/web/agents/secrets')).toBe(200)
    expect(await statusOf(token, secrets('other/web'))).toBe(404)
    expect(await statusOf(token, '/orgs/acme/actions/secrets')).toBe(403)
    expect(await statusOf(token, '/orgs/other/actions/secrets')).toBe(404)
  })

  test('for one repository and permission of them', async () => {
    const token = await app.mintToken(app.installOne(), {
      repositories: ['Web'],
      permissions: { secrets: 'read' },
    })
    expect(github.mintedTokens).toEqual([
      { token, permissions: { secrets: 'read' }, repositories: ['acme/web'] },
    ])
    const as = askWith(ask, token)
    const secrets = '/repos/acme/web/actions/secrets'
    expect((await as('GET', secrets)).status).toBe(200)
    expect(await as('DELETE', `${secrets}/RT`)).toMatchObject({
      status: 403,
      body: { message: 'Resource not accessible by integration' },
    })
    expect(await statusOf(token, '/repos/acme/web/agents/secrets')).toBe(403)
    expect(await statusOf(token, '/repos/acme/api/actions/secrets')).toBe(404)
  })

  test('and says for which repositories, where it was asked for some', async () => {
    const installation = app.installOne({
      repositories: ['acme/web', 'acme/api'],
    })
    expect(
      (await app.mint(installation, { repositories: ['web'] })).body,
    ).toEqual(
      expect.objectContaining({
        repository_selection: 'selected',
        repositories: [expect.objectContaining({ full_name: 'acme/web' })],
      }),
    )
    const { body } = await app.mint(installation, {})
    expect(body).toMatchObject({ repository_selection: 'selected' })
    expect(body).not.toHaveProperty('repositories')
    expect(github.mintedTokens.map(({ repositories }) => repositories)).toEqual(
      [['acme/web'], ['acme/web', 'acme/api']],
    )
  })

  test('for an organization, and what is its own', async () => {
    const permissions = { organization_secrets: 'write' } as const
    const token = await app.mintToken(app.installOne({ permissions }))
    expect(await statusOf(token, '/orgs/acme/actions/secrets')).toBe(200)
    expect(await statusOf(token, '/orgs/acme/agents/secrets')).toBe(403)
    expect(await statusOf(token, '/user/codespaces/secrets')).toBe(403)
  })

  test('in the old and in the new form', async () => {
    const { installations, id } = app.install(everywhere)
    const [installation] = installations
    if (installation === undefined) throw new Error('not installed')
    const tokens = [
      await app.mintToken(installation),
      await app.mintToken(installation),
      await app.mintToken(installation),
    ]
    const [first = '', second = '', third = ''] = tokens
    expect(first).toMatch(/^ghs_\w{36}$/)
    expect(second).toMatch(
      new RegExp(String.raw`^ghs_${id}_eyJ[\w-]+\.[\w-]+\.[\w-]+$`),
    )
    expect(second.length).toBeGreaterThan(450)
    expect(third).toHaveLength(40)
    for (const token of tokens) {
      expect(await statusOf(token, '/repos/acme/web/actions/secrets')).toBe(200)
    }
  })

  test('for one hour', async () => {
    const installation = app.installOne()
    const tokens = [
      await app.mintToken(installation),
      await app.mintToken(installation),
    ]
    const path = '/repos/acme/web/actions/secrets'
    github.clock.advance(3_595_000)
    for (const token of tokens) expect(await statusOf(token, path)).toBe(200)
    github.clock.advance(10_000)
    for (const token of tokens) {
      expect(await askWith(ask, token)('GET', path)).toMatchObject({
        status: 401,
        body: { message: 'Bad credentials' },
      })
    }
  })
})

test('a token that is given back is dead', async () => {
  github.clock.set(new Date('2030-01-01T00:00:00Z'))
  const installation = app.installOne()
  const tokens = [
    await app.mintToken(installation),
    await app.mintToken(installation),
  ]
  for (const [index, token] of tokens.entries()) {
    const as = askWith(ask, token)
    const gone = await as('DELETE', '/installation/token')
    expect(gone).toMatchObject({ status: 204, body: undefined })
    const at = github.mintedTokens[index]?.revokedAt?.toISOString()
    expect(at).toMatch(/^2030-01-01T00:00/)
    const revoked = github.mintedTokens.filter((each) => each.revokedAt)
    expect(revoked).toHaveLength(index + 1)
    expect((await as('DELETE', '/installation/token')).status).toBe(401)
    expect(await statusOf(token, '/repos/acme/web/actions/secrets')).toBe(401)
  }
})

test('a personal token cannot be given back', async () => {
  github.addToken('token', { kind: 'classic', scopes: [], repositories: [] })
  expect(await ask('DELETE', '/installation/token')).toMatchObject({
    status: 403,
    body: { message: 'Resource not accessible by personal access token' },
  })
})

test('all tokens of an installation share its limit, the App has its own', async () => {
  const limits = { ...publishedLimits, perHour: 2 }
  const installation = app.installOne({ limits })
  const [one, two] = [
    await app.mintToken(installation),
    await app.mintToken(installation),
  ]
  const secrets = '/repos/acme/web/actions/secrets'
  expect(await statusOf(one, secrets)).toBe(200)
  expect(await statusOf(two, secrets)).toBe(200)
  expect(await statusOf(one, secrets)).toBe(403)
  const { status, headers } = await app.ask('GET', '/orgs/acme/installation')
  expect(status).toBe(200)
  expect(headers.get('x-ratelimit-used')).toBe('3')
})
