import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { GITHUB_TOKEN, REPOSITORY, World } from '../support/world.ts'

let world: World

beforeEach(async () => {
  world = await World.start()
  world.github.addEnvironment(world.repository, 'production')
  world.github.addRepository('acme/api')
  world.github.addOrganization('acme')
})

afterEach(() => world.close())

/** Each place, the store that it is in, and what writing it takes. */
const places = [
  ['AT', 'repository:acme/web', 'secrets'],
  [
    'environment:production/AT',
    'repository:acme/web/environment:production',
    'environments',
  ],
  ['repository:acme/api/AT', 'repository:acme/api', 'secrets'],
  ['organization:acme/AT', 'organization:acme', 'organization_secrets'],
  ['dependabot/AT', 'repository:acme/web/dependabot', 'dependabot_secrets'],
  [
    'organization:acme/dependabot/AT',
    'organization:acme/dependabot',
    'organization_dependabot_secrets',
  ],
  ['codespaces/AT', 'repository:acme/web/codespaces', 'codespaces_secrets'],
  [
    'organization:acme/codespaces/AT',
    'organization:acme/codespaces',
    'organization_codespaces_secrets',
  ],
  ['user/codespaces/AT', 'user/codespaces', 'codespaces_user_secrets'],
  ['agents/AT', 'repository:acme/web/agents', 'agent_secrets'],
  [
    'organization:acme/agents/AT',
    'organization:acme/agents',
    'organization_agent_secrets',
  ],
] as const

function allow(permissions: Record<string, 'read' | 'write'>): void {
  world.github.addToken(GITHUB_TOKEN, {
    kind: 'fine-grained',
    permissions: { secrets: 'write', ...permissions },
    repositories: [REPOSITORY, 'acme/api'],
    organizations: ['acme'],
  })
}

/** Organization and user secrets are for a person to create. */
function create(store: string): void {
  const isShared = /^organization|^user/.test(store)
  world.github.store(store).set(
    'AT',
    'old',
    isShared
      ? {
          visibility: 'selected',
          selected_repository_ids: [world.repository.id],
        }
      : {},
  )
}

describe.each(places)('%s', (place, store, permission) => {
  test('is written with the right permission', async () => {
    create(store)
    allow({ [permission]: 'write' })
    const { main } = await world.run({
      with: { 'access-token-secrets': place },
    })
    expect(main.outputs['outcome']).toBe('rotated')
    const written = world.github.store(store).get('AT')
    expect(written?.value).toBe(main.outputs['access-token'])
    expect([...(written?.selectedRepositoryIds ?? [])]).toEqual(
      /^organization|^user/.test(store) ? [world.repository.id] : [],
    )
    expect(world.storedRefreshToken).toBe(
      (await world.authorizationServer.liveRefreshTokens())[0],
    )
  })

  // Without `secrets` nothing could be written at all.
  if (permission === 'secrets') return

  test.each(['none', 'read'] as const)(
    'without it (%s) the run says so, and spends nothing',
    async (level) => {
      create(store)
      allow(level === 'read' ? { [permission]: 'read' } : {})
      const { main } = await world.run({
        with: { 'access-token-secrets': place },
      })
      expect(main.outputs).toMatchObject({
        outcome: 'failed',
        'error-code': 'PERMISSION_MISSING',
        'credential-state': 'unchanged',
      })
      const [{ message } = { message: '' }] = main.annotations
      expect(message).toContain(`(${permission}: `)
      expect(message).toContain(`would have accepted: ${permission}=`)
      expect(message).toContain("The fine-grained token in 'github-token'")
      expect(
        await world.authorizationServer.acceptsRefreshToken(
          world.storedRefreshToken ?? '',
        ),
      ).toBe(true)
    },
  )
})

test('all of them at once, in one run', async () => {
  for (const [, store] of places) create(store)
  allow(Object.fromEntries(places.map(([, , key]) => [key, 'write'])))
  const { main } = await world.run({
    with: {
      'access-token-secrets': places.map(([place]) => place).join('\n'),
      'refresh-token-secret': 'REFRESH_TOKEN',
    },
  })
  expect(main.outputs['outcome']).toBe('rotated')
  for (const [, store] of places) {
    expect(world.github.store(store).get('AT')?.value).toBe(
      main.outputs['access-token'],
    )
  }
})

describe.each(places.filter(([place]) => place.startsWith('organization:')))(
  '%s, open to 250 repositories',
  (place, store, permission) => {
    let selected: number[]

    beforeEach(() => {
      selected = Array.from(
        { length: 250 },
        (_, index) => world.github.addRepository(`acme/repo-${index}`).id,
      )
      world.github.store(store).set('AT', 'old', {
        visibility: 'selected',
        selected_repository_ids: selected,
      })
      allow({ [permission]: 'write' })
    })

    test('is open to the same ones afterwards', async () => {
      const { main } = await world.run({
        with: { 'access-token-secrets': place },
      })
      expect(main.outputs['outcome']).toBe('rotated')
      expect(world.github.store(store).get('AT')).toMatchObject({
        value: main.outputs['access-token'],
        visibility: 'selected',
        selectedRepositoryIds: new Set(selected),
      })
      expect(world.githubProxy.count('GET', /AT\/repositories/)).toBe(3)
    })

    test('stops the run before the spend when the third page is refused', async () => {
      world.githubProxy.rules.push({
        path: /AT\/repositories.*page=3/,
        fault: { kind: 'respond', status: 403, body: '{"message":"No"}' },
      })
      const { main } = await world.run({
        with: { 'access-token-secrets': place },
      })
      expect(main.outputs).toMatchObject({
        'error-code': 'PERMISSION_MISSING',
        'credential-state': 'unchanged',
      })
      expect(main.annotations[0]?.message).toContain(
        'read which repositories may use the',
      )
      expect(world.authorizationProxy.count('POST', /token/)).toBe(0)
      expect(world.githubProxy.count('PUT', /./)).toBe(0)
    })
  },
)

test('the built-in GITHUB_TOKEN is told apart at the first request', async () => {
  const { main } = await world.run({
    with: { 'github-token': '${{ github.token }}' },
  })
  expect(main.outputs['error-code']).toBe('PERMISSION_MISSING')
  expect(main.annotations[0]?.message).toContain(
    'GITHUB_TOKEN can never write secrets',
  )
  expect(world.authorizationProxy.count('POST', /token/)).toBe(0)
})

test('a token that expires soon is warned about, in a run that succeeds', async () => {
  const expiresAt = new Date(world.clock.now().getTime() + 9 * 86_400_000)
  world.github.addToken(GITHUB_TOKEN, {
    kind: 'fine-grained',
    permissions: { secrets: 'write' },
    repositories: [REPOSITORY],
    expiresAt,
  })
  const { main } = await world.run()
  expect(main.outputs['outcome']).toBe('rotated')
  expect(main.annotations).toEqual([
    expect.objectContaining({
      kind: 'warning',
      message: expect.stringMatching(
        /^The fine-grained token in 'github-token' expires 20.*settings\/personal-access-tokens/,
      ),
    }),
  ])
})

test('a refresh token in a store that no workflow reads is refused', async () => {
  const { main } = await world.run({
    with: { 'refresh-token-secret': 'codespaces/REFRESH_TOKEN' },
  })
  expect(main.outputs['error-code']).toBe('CONFIGURATION_INVALID')
  expect(main.annotations[0]?.message).toContain('no workflow can read back')
  expect(world.githubProxy.requests).toEqual([])
})
