import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import type { SecretStore } from '../support/github/secret-store.ts'
import { GITHUB_TOKEN, REPOSITORY, World } from '../support/world.ts'

let world: World

beforeEach(async () => {
  world = await World.start()
})

afterEach(() => world.close())

function allow(permissions: Record<string, 'read' | 'write'>): void {
  world.github.addToken(GITHUB_TOKEN, {
    kind: 'fine-grained',
    permissions,
    repositories: [REPOSITORY, 'acme/api'],
    organizations: ['acme'],
  })
}

async function expectNewest(store: SecretStore, name = 'RT'): Promise<void> {
  const stored = store.get(name)?.value ?? ''
  expect(await world.authorizationServer.acceptsRefreshToken(stored)).toBe(true)
}

test('a secret of an environment, with only the permission for those', async () => {
  const store = world.github.addEnvironment(world.repository, 'pre/prod')
  store.set('RT', await world.mintRefreshToken())
  allow({ environments: 'write' })
  const { main } = await world.run({
    environment: 'pre/prod',
    with: {
      'refresh-token': '${{ secrets.RT }}',
      'refresh-token-secret': 'environment:pre/prod/RT',
    },
  })
  expect(main.outputs['outcome']).toBe('rotated')
  await expectNewest(store)
})

test('a secret of another repository', async () => {
  const api = world.github.addRepository('acme/api')
  api.secrets.set('RT', 'is not read from there')
  allow({ secrets: 'write' })
  const { main } = await world.run({
    with: { 'refresh-token-secret': 'repository:acme/api/RT' },
  })
  expect(main.outputs['outcome']).toBe('rotated')
  await expectNewest(api.secrets)
})

describe('a secret of the organization', () => {
  test('whose selected repositories stay the same', async () => {
    const organization = world.github.addOrganization('acme')
    const others = Array.from({ length: 120 }, (_, index) =>
      world.github.addRepository(`acme/other-${index}`),
    )
    const selected = [world.repository, ...others].map(({ id }) => id)
    organization.set('RT', await world.mintRefreshToken(), {
      visibility: 'selected',
      selected_repository_ids: selected,
    })
    allow({ organization_secrets: 'write' })
    const { main } = await world.run({
      with: {
        'refresh-token': '${{ secrets.RT }}',
        'refresh-token-secret': 'organization:acme/RT',
      },
    })
    expect(main.outputs['outcome']).toBe('rotated')
    await expectNewest(organization)
    expect(organization.get('RT')).toMatchObject({
      visibility: 'selected',
      selectedRepositoryIds: new Set(selected),
    })
  })

  test('that is open to all stays open to all', async () => {
    const organization = world.github.addOrganization('acme')
    organization.set('RT', await world.mintRefreshToken(), {
      visibility: 'all',
    })
    allow({ organization_secrets: 'write' })
    await world.run({
      with: {
        'refresh-token': '${{ secrets.RT }}',
        'refresh-token-secret': 'organization:acme/RT',
      },
    })
    await expectNewest(organization)
    expect(organization.get('RT')?.visibility).toBe('all')
  })
})

test('the access token goes to all of its places', async () => {
  const production = world.github.addEnvironment(world.repository, 'production')
  const api = world.github.addRepository('acme/api')
  const organization = world.github.addOrganization('acme')
  organization.set('AT', 'old', { visibility: 'private' })
  allow({
    secrets: 'write',
    environments: 'write',
    organization_secrets: 'write',
  })
  const { main } = await world.run({
    with: {
      'access-token-secrets': [
        'ACCESS_TOKEN',
        'environment:production/ACCESS_TOKEN',
        'repository:acme/api/ACCESS_TOKEN',
        'organization:acme/AT',
      ].join('\n'),
    },
  })
  expect(main.outputs['outcome']).toBe('rotated')
  const accessToken = main.outputs['access-token']
  expect(world.repository.secrets.get('ACCESS_TOKEN')?.value).toBe(accessToken)
  expect(production.get('ACCESS_TOKEN')?.value).toBe(accessToken)
  expect(api.secrets.get('ACCESS_TOKEN')?.value).toBe(accessToken)
  expect(organization.get('AT')).toMatchObject({
    value: accessToken,
    visibility: 'private',
  })
  const writes = world.githubProxy.requests
    .filter(({ method, path }) => method === 'PUT' && !path.includes('PROBE'))
    .map(({ path }) => path)
  expect(writes[0]).toMatch(/REFRESH_TOKEN$/)
  expect(writes).toHaveLength(5)
})

test('a place that refuses the access token makes the run partial', async () => {
  world.githubProxy.rules.push({
    method: 'PUT',
    path: /\/ACCESS_TOKEN$/,
    fault: { kind: 'respond', status: 403, body: '{"message":"No"}' },
  })
  const { main } = await world.run({
    with: { 'access-token-secrets': 'ACCESS_TOKEN\nOTHER' },
  })
  expect(main.exitCode).toBe(1)
  expect(main.outputs).toMatchObject({
    outcome: 'partial',
    rotated: 'false',
    'credential-state': 'stored',
    'error-code': 'PERMISSION_MISSING',
    'access-token': world.repository.secrets.get('OTHER')?.value,
  })
  await expectNewest(world.repository.secrets, 'REFRESH_TOKEN')
})
