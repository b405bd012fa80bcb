import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import sodium from 'libsodium-wrappers'

import { askerOf, type Ask } from './asking.ts'
import type { Repository } from './repository.ts'
import type { SecretStore } from './secret-store.ts'
import { GitHubStandIn } from './stand-in.ts'

let github: GitHubStandIn
let repository: Repository
let ask: Ask

beforeEach(async () => {
  github = new GitHubStandIn()
  await github.start()
  ask = askerOf(github)
  repository = github.addRepository('acme/web')
  github.addEnvironment(repository, 'pre prod/eu')
  github.addOrganization('acme')
  github.addToken('token', {
    kind: 'classic',
    scopes: ['repo', 'admin:org', 'codespace'],
    repositories: ['acme/web'],
    organizations: ['acme'],
  })
})

afterEach(() => github.close())

const inRepository: [string, string][] = [
  ['repository:acme/web', '/repos/acme/web/actions/secrets'],
  [
    'repository:acme/web/environment:pre prod/eu',
    '/repos/acme/web/environments/pre%20prod%2Feu/secrets',
  ],
  ['repository:acme/web/dependabot', '/repos/acme/web/dependabot/secrets'],
  ['repository:acme/web/codespaces', '/repos/acme/web/codespaces/secrets'],
  ['repository:acme/web/agents', '/repos/acme/web/agents/secrets'],
]
const inOrganization: [string, string][] = [
  ['organization:acme', '/orgs/acme/actions/secrets'],
  ['organization:acme/dependabot', '/orgs/acme/dependabot/secrets'],
  ['organization:acme/codespaces', '/orgs/acme/codespaces/secrets'],
  ['organization:acme/agents', '/orgs/acme/agents/secrets'],
]
const user: [string, string] = ['user/codespaces', '/user/codespaces/secrets']
const shared = [...inOrganization, user]
const all = [...inRepository, ...shared]

/** What a writer sends, sealed for the key that the API gives out. */
async function seal(base: string, value: string): Promise<object> {
  const { body } = await ask('GET', `${base}/public-key`)
  const { key_id, key } = body as { key_id: string; key: string }
  const encrypted_value = sodium.to_base64(
    sodium.crypto_box_seal(
      value,
      sodium.from_base64(key, sodium.base64_variants.ORIGINAL),
    ),
    sodium.base64_variants.ORIGINAL,
  )
  return {
    key_id,
    encrypted_value,
    ...(base.startsWith('/orgs/') && { visibility: 'selected' }),
  }
}

describe('every store', () => {
  afterEach(() => {
    expect(github.violations).toEqual([])
  })

  test.each(all)('%s is written, read and emptied', async (scope, base) => {
    const created = await ask('PUT', `${base}/rt`, await seal(base, 'one'))
    expect(created.status).toBe(201)
    const updated = await ask('PUT', `${base}/RT`, await seal(base, 'two'))
    expect(updated.status).toBe(204)
    expect(github.store(scope).get('RT')?.value).toBe('two')
    expect(await ask('GET', `${base}/RT`)).toMatchObject({
      status: 200,
      body: { name: 'RT' },
    })
    expect(await ask('GET', base)).toMatchObject({
      status: 200,
      body: { total_count: 1, secrets: [{ name: 'RT' }] },
    })
    expect((await ask('DELETE', `${base}/RT`)).status).toBe(204)
    expect((await ask('GET', `${base}/RT`)).status).toBe(404)
  })

  test('has a key pair that opens nothing of another store', async () => {
    const keys = new Set(all.map(([scope]) => github.store(scope).publicKey))
    expect(keys.size).toBe(all.length)
    const home = '/repos/acme/web'
    const body = await seal(`${home}/actions/secrets`, 'x')
    const agents = await ask('PUT', `${home}/agents/secrets/RT`, body)
    expect(agents.status).toBe(422)
    const actions = await ask('PUT', `${home}/actions/secrets/RT`, body)
    expect(actions.status).toBe(201)
  })

  test('opens nothing that was sealed for an earlier key', async () => {
    const base = '/repos/acme/web/agents/secrets'
    const body = await seal(base, 'x')
    const store = github.store('repository:acme/web/agents')
    const { publicKey } = store
    store.rotateKey()
    expect(store.publicKey).not.toBe(publicKey)
    const stale = { ...body, key_id: store.keyId }
    expect((await ask('PUT', `${base}/RT`, body)).status).toBe(422)
    expect((await ask('PUT', `${base}/RT`, stale)).status).toBe(422)
  })

  test.each(inRepository)('%s has secrets for itself', async (scope, base) => {
    github.store(scope).set('RT', 'x', { visibility: 'selected' })
    const { body } = await ask('GET', `${base}/RT`)
    const names = Object.keys(body as object).sort()
    expect(names).toEqual(['created_at', 'name', 'updated_at'])
  })

  test('is found whatever the case of its scope, or not at all', () => {
    expect(github.store('Repository:Acme/WEB/Dependabot')).toBe(
      repository.stores.dependabot,
    )
    expect(github.store('repository:acme/web')).toBe(repository.secrets)
    for (const scope of [
      ...['acme/web', 'repository:acme/api', 'repository:acme/web/packages'],
      ...['repository:acme/web/environment:qa', 'organization:other'],
      ...['organization:acme/environment:x', 'user/actions', ''],
    ]) {
      expect(() => github.store(scope)).toThrow(`no store ${scope}`)
    }
  })

  test('but that of Actions is unknown to runs', () => {
    for (const [scope] of all) {
      github.store(scope).set('RT', scope, { visibility: 'all' })
    }
    const secrets = (): object => github.queueRun('acme/web')()
    expect(secrets()).toEqual({ RT: 'repository:acme/web' })
    github.store('repository:acme/web').delete('RT')
    expect(secrets()).toEqual({ RT: 'organization:acme' })
    github.store('organization:acme').delete('RT')
    expect(secrets()).toEqual({})
  })

  test('takes a limited number of secrets', async () => {
    const fill = (store: SecretStore, count: number): void => {
      for (let number = 0; number < count; number += 1) {
        store.set(`RT_${number}`, 'x')
      }
    }
    for (const [scope, base] of all) {
      fill(github.store(scope), scope === 'organization:acme' ? 999 : 99)
      const body = await seal(base, 'x')
      expect((await ask('PUT', `${base}/LAST`, body)).status).toBe(201)
      expect((await ask('PUT', `${base}/MORE`, body)).status).toBe(422)
    }
  })
})

describe('a secret that repositories are selected for', () => {
  let other: Repository

  beforeEach(() => {
    other = github.addRepository('acme/api')
  })

  test.each(shared)('of %s is open to them', async (scope, base) => {
    const path = `${base}/RT`
    const list = `${path}/repositories`
    const ids = (): number[] => [
      ...(github.store(scope).get('RT')?.selectedRepositoryIds ?? []),
    ]
    const body = await seal(base, 'x')
    await ask('PUT', path, { ...body, selected_repository_ids: [other.id] })
    expect(await ask('GET', path)).toMatchObject({
      body: {
        visibility: 'selected',
        selected_repositories_url: `${github.url}${path}/repositories`,
      },
    })
    expect((await ask('PUT', `${list}/${repository.id}`)).status).toBe(204)
    expect(ids()).toEqual([other.id, repository.id])
    expect((await ask('DELETE', `${list}/${other.id}`)).status).toBe(204)
    expect(await ask('GET', list)).toMatchObject({
      status: 200,
      body: { total_count: 1, repositories: [{ id: repository.id }] },
    })
    const selection = { selected_repository_ids: [other.id] }
    expect((await ask('PUT', list, selection)).status).toBe(204)
    expect(ids()).toEqual([other.id])

    expect((await ask('PUT', path, body)).status).toBe(204)
    expect(ids()).toEqual([])
    expect(github.violations).toEqual([])
  })

  test.each([
    ['organization:acme/dependabot', '/orgs/acme/dependabot/secrets', true],
    ['user/codespaces', '/user/codespaces/secrets', true],
    ['organization:acme', '/orgs/acme/actions/secrets', true],
    ['organization:acme/codespaces', '/orgs/acme/codespaces/secrets', false],
    ['organization:acme/agents', '/orgs/acme/agents/secrets', false],
  ])('of %s may be written with digits: %s %s', async (scope, base, may) => {
    const body = await seal(base, 'x')
    const selected_repository_ids = [String(other.id)]
    await ask('PUT', `${base}/RT`, { ...body, selected_repository_ids })
    const { selectedRepositoryIds } = github.store(scope).get('RT') ?? {}
    expect(selectedRepositoryIds).toEqual(new Set([other.id]))
    expect(github.violations.length === 0).toBe(may)
  })

  test.each(inOrganization)('of %s has 409 for others', async (scope, base) => {
    github.store(scope).set('RT', 'x', { visibility: 'all' })
    const list = `${base}/RT/repositories`
    const selection = { selected_repository_ids: [other.id] }
    expect((await ask('PUT', list, selection)).status).toBe(409)
    expect((await ask('PUT', `${list}/${other.id}`)).status).toBe(409)
    expect((await ask('DELETE', `${list}/${other.id}`)).status).toBe(409)
    expect((await ask('GET', `${base}/RT`)).body).not.toHaveProperty(
      'selected_repositories_url',
    )
    expect(github.violations).toEqual([])
  })
})

test('a secret of a person lists all its repositories at once', async () => {
  const ids = Array.from(
    { length: 35 },
    (_, index) => github.addRepository(`acme/repo-${index}`).id,
  )
  for (const [scope, base, count] of [
    [...user, 35],
    ['organization:acme', '/orgs/acme/actions/secrets', 30],
  ] as const) {
    github.store(scope).set('RT', 'x', {
      visibility: 'selected',
      selected_repository_ids: ids,
    })
    const { body } = await ask('GET', `${base}/RT/repositories`)
    const { repositories } = body as { repositories: object[] }
    expect(repositories).toHaveLength(count)
  }
})

describe('what GitHub does not describe', () => {
  test('is a visibility of what a person or a repository has', async () => {
    for (const [, base] of [...inRepository, user]) {
      const body = { ...(await seal(base, 'x')), visibility: 'all' }
      await ask('PUT', `${base}/RT`, body)
    }
    expect(github.violations).toHaveLength(inRepository.length + 1)
  })

  test('is an organization secret without one', async () => {
    for (const [, base] of inOrganization) {
      const { status } = await ask('PUT', `${base}/RT`, { key_id: '1' })
      expect(status).toBe(422)
    }
    expect(github.violations.length).toBeGreaterThanOrEqual(4)
  })

  test('are pages of the repositories of a secret of a person', async () => {
    github.store('user/codespaces').set('RT', 'x')
    await ask('GET', '/user/codespaces/secrets/RT/repositories?per_page=100')
    expect(github.violations.join()).toContain('query parameter per_page')
  })
})
