import { afterEach, beforeEach, expect, test } from '@jest/globals'

import type { RunResult } from '../support/runner/runner.ts'
import { GITHUB_TOKEN, REPOSITORY, World } from '../support/world.ts'

let world: World

beforeEach(async () => {
  world = await World.start()
  world.github.addOrganization('acme').set('AT', 'old', { visibility: 'all' })
  world.github.addEnvironment(world.repository, 'production')
  allow({ secrets: 'write', environments: 'read', actions: 'read' })
})

afterEach(() => world.close())

function allow(permissions: Record<string, 'read' | 'write'>): void {
  world.github.addToken(GITHUB_TOKEN, {
    kind: 'fine-grained',
    permissions: { ...permissions, organization_secrets: 'write' },
    repositories: [REPOSITORY],
    organizations: ['acme'],
  })
}

function run(place = 'organization:acme/AT'): Promise<RunResult> {
  return world.run({ with: { 'access-token-secrets': place } })
}

function warningsOf({ main }: RunResult): string[] {
  expect(main.outputs['outcome']).toBe('rotated')
  return main.annotations.map(({ kind, message }) => `${kind}: ${message}`)
}

test('by a secret of the repository', async () => {
  world.repository.secrets.set('AT', 'another')
  expect(warningsOf(await run())).toEqual([
    'warning: The repository acme/web has a secret AT of its own, which takes precedence over the secret AT of organization acme: workflows that use it read that one instead. Delete it, or name it as the place in the workflow.',
  ])
})

test('by a secret of an environment', async () => {
  world.github
    .store('repository:acme/web/environment:production')
    .set('AT', 'another')
  expect(warningsOf(await run())).toEqual([
    expect.stringContaining("The environment 'production' of acme/web has"),
  ])
})

test('by a secret in the same store only', async () => {
  const organization = world.github.store('organization:acme/dependabot')
  organization.set('AT', 'old', { visibility: 'all' })
  allow({
    secrets: 'write',
    dependabot_secrets: 'read',
    organization_dependabot_secrets: 'write',
  })
  world.repository.secrets.set('AT', 'another')
  expect(warningsOf(await run('organization:acme/dependabot/AT'))).toEqual([])
  world.github.store('repository:acme/web/dependabot').set('AT', 'another')
  expect(warningsOf(await run('organization:acme/dependabot/AT'))).toEqual([
    expect.stringContaining('takes precedence over the Dependabot secret AT'),
  ])
})

test('by nothing: then nothing is said', async () => {
  const result = await run()
  expect(warningsOf(result)).toEqual([])
  expect(result.main.log.join('\n')).not.toContain('takes precedence')
})

test('by whatever the token may not see: then that is said, and no more', async () => {
  allow({ secrets: 'write' })
  const result = await run()
  expect(warningsOf(result)).toEqual([])
  expect(result.main.log.join('\n')).toContain(
    "The fine-grained token in 'github-token' cannot see all secrets of the repository acme/web",
  )
})

test('by a secret that is seen, although others are not', async () => {
  allow({ secrets: 'write' })
  world.repository.secrets.set('AT', 'another')
  const result = await run()
  expect(warningsOf(result)).toHaveLength(1)
  expect(result.main.log.join('\n')).toContain('is not known')
})

test('in another organization there is nothing to look for', async () => {
  world.github.addOrganization('other').set('AT', 'old', { visibility: 'all' })
  world.github.addToken(GITHUB_TOKEN, {
    kind: 'fine-grained',
    permissions: { secrets: 'write', organization_secrets: 'write' },
    repositories: [REPOSITORY],
    organizations: ['other'],
  })
  world.repository.secrets.set('AT', 'another')
  expect(warningsOf(await run('organization:other/AT'))).toEqual([])
})
