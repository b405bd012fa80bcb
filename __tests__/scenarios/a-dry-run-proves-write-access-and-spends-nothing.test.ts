import { afterEach, beforeEach, expect, test } from '@jest/globals'

import { GITHUB_TOKEN, World } from '../support/world.ts'

let world: World

beforeEach(async () => {
  world = await World.start()
})

afterEach(() => world.close())

test('everything is checked and no token request is sent', async () => {
  const before = world.storedRefreshToken
  const { main } = await world.run({
    with: { 'dry-run': 'true', 'access-token-secrets': 'ACCESS_TOKEN' },
  })
  expect(main.exitCode).toBe(0)
  expect(main.outputs).toEqual({
    outcome: 'dry-run',
    rotated: 'false',
    'access-token': '',
    'expires-at': '',
    'next-due-at': '',
    'refresh-token-expires-at': '',
    sequence: '',
    'credential-state': 'unchanged',
    'error-code': '',
  })
  expect(world.githubProxy.count('PUT', /PROBE/)).toBe(1)
  expect(world.githubProxy.count('DELETE', /PROBE/)).toBe(1)
  expect(world.authorizationProxy.requests).toEqual([])
  expect(world.storedRefreshToken).toBe(before)
  expect(world.repository.secrets.get('ACCESS_TOKEN')).toBeUndefined()
})

test('a missing permission is found', async () => {
  world.github.addToken(GITHUB_TOKEN, {
    kind: 'fine-grained',
    permissions: { secrets: 'read' },
    repositories: ['acme/web'],
  })
  const { main } = await world.run({ with: { 'dry-run': 'true' } })
  expect(main.exitCode).toBe(1)
  expect(main.outputs['error-code']).toBe('PERMISSION_MISSING')
})
