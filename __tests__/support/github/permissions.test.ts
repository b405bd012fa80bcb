import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { askerOf, type Ask, type Seen } from './asking.ts'
import type { Credential, Reach } from './credential.ts'
import { GitHubStandIn } from './stand-in.ts'

let github: GitHubStandIn
let ask: Ask

beforeEach(async () => {
  github = new GitHubStandIn()
  await github.start()
  ask = askerOf(github)
  const repository = github.addRepository('acme/web')
  github.addEnvironment(repository, 'production')
  github.addOrganization('acme')
})

afterEach(async () => {
  expect(github.violations).toEqual([])
  await github.close()
})

const reach = { repositories: ['acme/web'], organizations: ['acme'] }

const web = '/repos/acme/web'
const repositoryStores: [string, string, string][] = [
  ['secrets', 'read', `${web}/actions/secrets`],
  ['environments', 'read', `${web}/environments/production/secrets`],
  ['dependabot_secrets', 'read', `${web}/dependabot/secrets`],
  ['codespaces_secrets', 'write', `${web}/codespaces/secrets`],
  ['agent_secrets', 'read', `${web}/agents/secrets`],
]
const organizationStores: [string, string, string][] = [
  ['organization_secrets', 'read', '/orgs/acme/actions/secrets'],
  ['organization_dependabot_secrets', 'read', '/orgs/acme/dependabot/secrets'],
  ['organization_codespaces_secrets', 'read', '/orgs/acme/codespaces/secrets'],
  ['organization_agent_secrets', 'read', '/orgs/acme/agents/secrets'],
]
const user = '/user/codespaces/secrets'

const integration = 'Resource not accessible by integration'
const personal = 'Resource not accessible by personal access token'

function accepted({ headers }: Seen): string | null {
  return headers.get('x-accepted-github-permissions')
}

describe.each([
  ...repositoryStores,
  ...organizationStores,
  ['codespaces_user_secrets', 'read', user] as [string, string, string],
])('%s', (permission, toRead, base) => {
  const give = (level?: 'read' | 'write'): void => {
    github.addToken('token', {
      kind: 'fine-grained',
      permissions: level === undefined ? {} : { [permission]: level },
      ...reach,
    })
  }
  const read = (): Promise<Seen> => ask('GET', `${base}/public-key`)
  const write = (): Promise<Seen> => ask('DELETE', `${base}/RT`)

  test(`takes ${toRead} for reading`, async () => {
    give('write')
    expect((await read()).status).toBe(200)
    give('read')
    const seen = await read()
    expect(seen.status).toBe(toRead === 'read' ? 200 : 403)
    expect(accepted(seen)).toBe(`${permission}=${toRead}`)
    give()
    const refused = await read()
    expect(refused).toMatchObject({ status: 403, body: { message: personal } })
    expect(accepted(refused)).toBe(`${permission}=${toRead}`)
  })

  test('takes write for writing', async () => {
    give('write')
    expect((await write()).status).toBe(404)
    give('read')
    const refused = await write()
    expect(refused).toMatchObject({ status: 403, body: { message: personal } })
    expect(accepted(refused)).toBe(`${permission}=write`)
  })

  test('is not given by all the others', async () => {
    const others = [...repositoryStores, ...organizationStores]
      .map(([name]) => name)
      .filter((name) => name !== permission)
    github.addToken('token', {
      kind: 'fine-grained',
      permissions: Object.fromEntries(others.map((name) => [name, 'write'])),
      ...reach,
    })
    expect((await read()).status).toBe(403)
  })
})

test.each(['installation', 'job'] as const)(
  'no %s token has secrets of a person',
  async (kind) => {
    const permissions = { codespaces_user_secrets: 'write' } as const
    github.addToken('token', {
      kind,
      permissions: kind === 'job' ? {} : permissions,
      ...reach,
    })
    expect(await ask('GET', `${user}/public-key`)).toMatchObject({
      status: 403,
      body: { message: integration },
    })
  },
)

describe('a classic token', () => {
  const give = (scopes: string[], more: Partial<Reach> = {}): void => {
    github.addToken('token', { kind: 'classic', scopes, ...reach, ...more })
  }
  const oneRepository = repositoryStores.map(([, , base]) => base)
  const oneOrganization = organizationStores.map(([, , base]) => base)

  test.each([
    ...oneRepository.map((base) => [base, ['repo'], 'repo'] as const),
    ...oneOrganization.map(
      (base) => [base, ['admin:org'], 'admin:org'] as const,
    ),
    [user, ['codespace'], 'codespace, codespace:secrets'] as const,
    [user, ['codespace:secrets'], 'codespace, codespace:secrets'] as const,
  ])('has %s by the scope %s', async (base, scopes, named) => {
    give([...scopes, 'gist'])
    const { status, headers } = await ask('GET', base)
    expect(status).toBe(200)
    expect(headers.get('x-oauth-scopes')).toBe(`${scopes.join()}, gist`)
    expect(headers.get('x-accepted-oauth-scopes')).toBe(named)
    expect(headers.get('x-accepted-github-permissions')).toBeNull()

    const wrong = ['repo', 'admin:org', 'codespace', 'codespace:secrets']
    give(wrong.filter((scope) => !named.split(', ').includes(scope)))
    const refused = await ask('GET', base)
    expect(refused).toMatchObject({
      status: 403,
      body: {
        message: base.startsWith('/orgs/')
          ? 'You must be an org admin or have the actions secrets fine-grained permission.'
          : 'Must have admin rights to Repository.',
      },
    })
    expect(refused.headers.get('x-accepted-oauth-scopes')).toBe(named)
    expect(refused.headers.get('x-accepted-github-permissions')).toBeNull()
  })

  test('has git and runs by the scope repo', async () => {
    const ref = `${web}/git/ref/heads/main`
    give(['repo'])
    expect((await ask('GET', ref)).status).toBe(200)
    const { headers, status } = await ask('POST', `${web}/git/trees`, {
      tree: [{ path: 'a', mode: '100644', type: 'blob', content: 'x' }],
    })
    expect(status).toBe(201)
    expect(headers.get('x-oauth-scopes')).toBe('repo')
    expect((await ask('GET', `${web}/environments`)).status).toBe(200)
    give(['admin:org'])
    expect((await ask('GET', ref)).status).toBe(403)
  })

  test('does not see what it has not been given', async () => {
    give(['repo'], { repositories: [] })
    const { status, headers } = await ask('GET', `${web}/actions/secrets`)
    expect(status).toBe(404)
    expect(headers.get('x-accepted-oauth-scopes')).toBe('repo')
  })
})

describe('the end of a personal access token', () => {
  const expiresAt = new Date('2026-12-01T10:00:00.900Z')
  const header = 'github-authentication-token-expiration'
  const grants = {
    'fine-grained': { permissions: { secrets: 'read' } },
    installation: { permissions: { secrets: 'read' } },
    job: { permissions: { contents: 'read' } },
  } as const
  const give = (
    more: { expiresAt?: Date },
    kind: keyof typeof grants,
  ): void => {
    github.addToken('token', { kind, ...grants[kind], ...reach, ...more })
  }

  beforeEach(() => {
    github.clock.set(new Date('2026-11-01T00:00:00Z'))
  })

  test('is told with every answer', async () => {
    give({ expiresAt }, 'fine-grained')
    for (const path of ['actions/secrets', 'agents/secrets', 'git/ref/x']) {
      const { headers } = await ask('GET', `${web}/${path}`)
      expect(headers.get(header)).toBe('2026-12-01 10:00:00 UTC')
    }
    github.addToken('token', {
      kind: 'classic',
      scopes: [],
      expiresAt,
      ...reach,
    })
    const { headers } = await ask('GET', `${web}/actions/secrets`)
    expect(headers.get(header)).toBe('2026-12-01 10:00:00 UTC')
  })

  test('is not told where there is none, nor of other tokens', async () => {
    give({}, 'fine-grained')
    const without = await ask('GET', `${web}/actions/secrets`)
    expect(without.headers.has(header)).toBe(false)
    for (const kind of ['installation', 'job'] as const) {
      give({ expiresAt }, kind)
      const { headers } = await ask('GET', `${web}/actions/secrets`)
      expect(headers.has(header)).toBe(false)
    }
  })
})

describe('a token that is not authorized for single sign-on', () => {
  const sso =
    'required; url=https://github.com/orgs/acme/sso?authorization_request=AAAA'

  test.each<[string, Credential]>([
    [
      'classic',
      {
        kind: 'classic',
        scopes: ['repo', 'admin:org', 'codespace'],
        needsSso: true,
        ...reach,
      },
    ],
    [
      'fine-grained',
      {
        kind: 'fine-grained',
        permissions: {
          secrets: 'write',
          organization_secrets: 'write',
          codespaces_user_secrets: 'write',
        },
        needsSso: true,
        ...reach,
      },
    ],
  ])('%s is refused by the organization', async (_, credential) => {
    github.addToken('token', credential)
    for (const base of [
      `${web}/actions/secrets`,
      '/orgs/acme/actions/secrets',
    ]) {
      const { status, headers, body } = await ask('GET', base)
      expect(status).toBe(403)
      expect(headers.get('x-github-sso')).toBe(sso)
      expect(body).toMatchObject({
        message:
          'Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.',
      })
    }
    expect((await ask('GET', user)).status).toBe(200)
  })

  test('is no installation token', async () => {
    const permissions = { secrets: 'read' } as const
    github.addToken('token', {
      kind: 'installation',
      permissions,
      needsSso: true,
      ...reach,
    })
    expect((await ask('GET', `${web}/actions/secrets`)).status).toBe(200)
  })
})
