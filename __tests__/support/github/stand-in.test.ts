import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { askerOf, type Ask, type Seen } from './asking.ts'
import { GitHubStandIn, type Credential } from './stand-in.ts'
import type { Repository } from './repository.ts'

let github: GitHubStandIn
let repository: Repository
let ask: Ask

const all: Credential = {
  kind: 'fine-grained',
  permissions: {
    secrets: 'write',
    environments: 'write',
    organization_secrets: 'write',
  },
  repositories: ['acme/web'],
  organizations: ['acme'],
}

beforeEach(async () => {
  github = new GitHubStandIn()
  await github.start()
  ask = askerOf(github)
  repository = github.addRepository('acme/web')
  github.addToken('token', all)
})

afterEach(() => github.close())

const secret = '/repos/acme/web/actions/secrets/RT'

describe('requests that GitHub would not take', () => {
  test.each<[string, () => Promise<Seen>, string]>([
    ['no such operation', () => ask('GET', '/user'), 'no such operation'],
    [
      'no version',
      () =>
        ask('GET', secret, undefined, { 'x-github-api-version': '1999-01-01' }),
      'API version',
    ],
    [
      'another accept',
      () => ask('GET', secret, undefined, { accept: 'text/html' }),
      'accept header',
    ],
    [
      'an unknown query',
      () => ask('GET', `${secret}?x=1`),
      'query parameter x',
    ],
    [
      'an unknown property',
      () =>
        ask('PUT', secret, {
          key_id: '1',
          encrypted_value: '',
          selected_repositoy_ids: [],
        }),
      'selected_repositoy_ids',
    ],
    [
      'a missing property',
      () => ask('PUT', secret, { key_id: '1' }),
      "must have required property 'encrypted_value'",
    ],
    [
      'something else than base64',
      () => ask('PUT', secret, { key_id: '1', encrypted_value: '!' }),
      'must match pattern',
    ],
    [
      'a wrong type',
      () =>
        ask('PUT', '/orgs/acme/actions/secrets/RT', {
          key_id: '1',
          encrypted_value: '',
          visibility: 'everyone',
        }),
      'must be equal to one of',
    ],
  ])('%s', async (_, request, problem) => {
    github.addOrganization('acme')
    await request()
    expect(github.violations.join('\n')).toContain(problem)
  })
})

describe('answers', () => {
  afterEach(() => {
    expect(github.violations).toEqual([])
  })

  test('401 to a token that it does not know, or that has expired', async () => {
    expect(
      await ask('GET', secret, undefined, { authorization: 'token other' }),
    ).toMatchObject({ status: 401, body: { message: 'Bad credentials' } })
    github.addToken('old', { ...all, expiresAt: github.clock.now() })
    github.clock.advance(1)
    expect(
      await ask('GET', secret, undefined, { authorization: 'token old' }),
    ).toMatchObject({ status: 401 })
  })

  test('403 without the permission, and says which one it takes', async () => {
    github.addToken('token', { ...all, permissions: { secrets: 'read' } })
    const { status, headers, body } = await ask('PUT', secret, {
      key_id: '1',
      encrypted_value: 'AAAA',
    })
    expect(status).toBe(403)
    expect(headers.get('x-accepted-github-permissions')).toBe('secrets=write')
    expect(body).toMatchObject({
      message: 'Resource not accessible by personal access token',
    })
  })

  test('404 for what the token cannot see', async () => {
    github.addRepository('acme/private')
    const path = '/repos/acme/private/actions/secrets/public-key'
    expect((await ask('GET', path)).status).toBe(404)
    expect((await ask('GET', secret)).status).toBe(404)
    const environment = '/repos/acme/web/environments/no/secrets/public-key'
    expect((await ask('GET', environment)).status).toBe(404)
  })

  test('403 to a write where anybody may only read', async () => {
    const open = github.addRepository('acme/open', { isPrivate: false })
    open.secrets.set('RT', 'x')
    const path = '/repos/acme/open/actions/secrets/RT'
    expect((await ask('DELETE', path)).status).toBe(403)
    expect(open.secrets.get('RT')?.value).toBe('x')
  })

  test('409 to a selection of repositories where none are selected', async () => {
    const organization = github.addOrganization('acme')
    organization.set('RT', 'x', { visibility: 'all' })
    const path = `/orgs/acme/actions/secrets/RT/repositories/${repository.id}`
    expect((await ask('PUT', path)).status).toBe(409)
    organization.set('RT', 'x', { visibility: 'selected' })
    expect((await ask('PUT', path)).status).toBe(204)
    expect(organization.get('RT')?.selectedRepositoryIds).toEqual(
      new Set([repository.id]),
    )
  })

  test.each([
    [
      'another key',
      { key_id: '1', encrypted_value: 'AAAA' },
      'improperly encrypted',
    ],
  ])('422 to %s', async (_, body, message) => {
    const seen = await ask('PUT', secret, body)
    expect(seen).toMatchObject({
      status: 422,
      body: { message: expect.stringContaining(message) },
    })
  })

  test('clears the selected repositories that a write leaves out', async () => {
    const organization = github.addOrganization('acme')
    organization.set('RT', 'x', {
      visibility: 'selected',
      selected_repository_ids: [repository.id],
    })
    organization.set('RT', 'y', { visibility: 'selected' })
    expect(organization.get('RT')?.selectedRepositoryIds.size).toBe(0)
  })

  test('updated_at in whole seconds of its own clock', async () => {
    github.clock.set(new Date('2030-01-01T00:00:00.900Z'))
    repository.secrets.set('RT', 'x')
    const { body, headers } = await ask('GET', secret)
    expect(body).toMatchObject({ updated_at: '2030-01-01T00:00:00Z' })
    expect(headers.get('date')).toContain('01 Jan 2030')
  })

  test('what was before the last write, while reads of secrets lag', async () => {
    github.clock.set(new Date('2030-01-01T00:00:00Z'))
    repository.secrets.set('RT', 'old')
    repository.secrets.lagSecretReads(1)
    expect((await ask('GET', secret)).status).toBe(404)
    github.clock.advance(60_000)
    repository.secrets.set('rt', 'new')
    repository.secrets.lagSecretReads(2)
    for (const time of ['00:00:00', '00:00:00', '00:01:00']) {
      expect(await ask('GET', secret)).toMatchObject({
        status: 200,
        body: { updated_at: `2030-01-01T${time}Z` },
      })
    }
    expect((await ask('DELETE', secret)).status).toBe(204)
    repository.secrets.lagSecretReads(1)
    expect(await ask('GET', secret)).toMatchObject({
      status: 200,
      body: { updated_at: '2030-01-01T00:01:00Z' },
    })
    expect((await ask('GET', secret)).status).toBe(404)
  })

  test('the true values to runs, while reads of secrets lag', () => {
    repository.secrets.set('RT', 'old')
    repository.secrets.set('RT', 'new')
    repository.secrets.lagSecretReads(1)
    expect(repository.secrets.get('RT')?.value).toBe('new')
    expect(github.queueRun('acme/web')()).toEqual({ RT: 'new' })
  })

  test('the primary limit, until its window is over', async () => {
    github.addToken('token', all, {
      perHour: 2,
      pointsPerMinute: 900,
      writesPerMinute: 80,
      writesPerHour: 500,
    })
    await ask('GET', secret)
    const last = await ask('GET', secret)
    expect(last.headers.get('x-ratelimit-remaining')).toBe('0')
    const refused = await ask('GET', secret)
    expect(refused.status).toBe(403)
    const reset = Number(refused.headers.get('x-ratelimit-reset')) * 1000
    github.clock.set(new Date(reset + 1000))
    expect((await ask('GET', secret)).status).toBe(404)
  })

  test('a secondary limit with Retry-After that is true', async () => {
    github.addToken('token', all, {
      perHour: 5000,
      pointsPerMinute: 12,
      writesPerMinute: 80,
      writesPerHour: 500,
    })
    const remove = (): Promise<Seen> => ask('DELETE', secret)
    expect((await remove()).status).toBe(404)
    expect((await remove()).status).toBe(404)
    const refused = await remove()
    expect(refused).toMatchObject({
      status: 403,
      body: { message: expect.stringContaining('secondary rate limit') },
    })
    const seconds = Number(refused.headers.get('retry-after'))
    expect(seconds).toBeGreaterThan(50)
    github.clock.advance(seconds * 1000)
    expect((await remove()).status).toBe(404)
  })
})

describe('the secrets of a run', () => {
  test('are those of its queueing, but for environment secrets', () => {
    const production = github.addEnvironment(repository, 'production')
    repository.secrets.set('RT', 'old')
    production.set('ENV_RT', 'old')
    const start = github.queueRun('acme/web')
    repository.secrets.set('RT', 'new')
    production.set('ENV_RT', 'new')
    expect(start('production')).toEqual({ RT: 'old', ENV_RT: 'new' })
    expect(start()).toEqual({ RT: 'old' })
  })

  test('come from the environment before the repository before the organization', () => {
    const organization = github.addOrganization('acme')
    const production = github.addEnvironment(repository, 'production')
    organization.set('A', 'organization', { visibility: 'all' })
    organization.set('B', 'organization', { visibility: 'all' })
    organization.set('C', 'organization', { visibility: 'all' })
    repository.secrets.set('A', 'repository')
    repository.secrets.set('B', 'repository')
    production.set('A', 'environment')
    expect(github.queueRun('acme/web')('production')).toEqual({
      A: 'environment',
      B: 'repository',
      C: 'organization',
    })
  })

  test('include those of the organization that are open to it', () => {
    const organization = github.addOrganization('acme')
    const open = github.addRepository('acme/open', { isPrivate: false })
    organization.set('ALL', 'x', { visibility: 'all' })
    organization.set('PRIVATE', 'x', { visibility: 'private' })
    organization.set('ONE', 'x', {
      visibility: 'selected',
      selected_repository_ids: [open.id],
    })
    expect(Object.keys(github.queueRun('acme/web')())).toEqual([
      'ALL',
      'PRIVATE',
    ])
    expect(Object.keys(github.queueRun('acme/open')())).toEqual(['ALL', 'ONE'])
  })
})
