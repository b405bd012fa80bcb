import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Agent } from 'undici'

import { parsePlace, type Place } from '../../src/github/places.ts'
import type { SecretPlace } from '../../src/rotation/ports.ts'
import { SecretValue } from '../../src/rotation/tokens/secret-value.ts'
import { FaultProxy } from '../support/fault-proxy.ts'
import type { SecretStore } from '../support/github/secret-store.ts'
import { openApi, openAll } from '../support/github-api.ts'
import { GitHubStandIn } from '../support/github/stand-in.ts'
import { TestSystem } from '../support/test-system.ts'

const PROBE = 'ROTATE_TOKEN_PROBE_1'
const value = new SecretValue('new')

let github: GitHubStandIn
let proxy: FaultProxy
let dispatcher: Agent
let repositoryIds: number[]

beforeEach(async () => {
  github = new GitHubStandIn()
  await github.start()
  github.addOrganization('acme')
  repositoryIds = Array.from(
    { length: 250 },
    (_, index) => github.addRepository(`acme/repo-${index}`).id,
  )
  github.addToken('token', {
    kind: 'fine-grained',
    permissions: { secrets: 'write', organization_secrets: 'write' },
    repositories: ['acme/repo-0'],
    organizations: ['acme'],
  })
  proxy = new FaultProxy(github.url)
  await proxy.start()
  dispatcher = new Agent()
})

afterEach(async () => {
  await dispatcher.destroy()
  await proxy.close()
  await github.close()
  expect(github.violations).toEqual([])
})

function open(...texts: string[]): SecretPlace[] {
  const [first, ...others] = texts.map((text) => {
    const place = parsePlace(text, { owner: 'acme', repository: 'repo-0' })
    if (typeof place === 'string') throw new Error(place)
    return place satisfies Place
  })
  if (first === undefined) throw new Error('nothing to open')
  const { refreshTokenPlace, accessTokenPlaces } = openAll(
    openApi(proxy.url, dispatcher),
    first,
    others,
  )
  return [refreshTokenPlace, ...accessTokenPlaces]
}

function openOne(text: string): SecretPlace {
  const [place] = open(text)
  if (place === undefined) throw new Error('not opened')
  return place
}

async function write(place: SecretPlace): Promise<void> {
  await place.prepare()
  await place.probe()
  expect(
    await place.write(place.seal(value), () => Promise.resolve(true)),
  ).toMatchObject({
    kind: 'written',
  })
}

describe.each([
  ['', 'organization_secrets', ''],
  ['dependabot/', 'organization_dependabot_secrets', '--app dependabot '],
  ['codespaces/', 'organization_codespaces_secrets', '--app codespaces '],
  ['agents/', 'organization_agent_secrets', '--app agents '],
])('an organization secret: %sRT', (prefix, permission, app) => {
  const path = `organization:acme/${prefix}RT`
  let organization: SecretStore

  beforeEach(() => {
    organization = github.store(
      `organization:acme/${prefix}`.replace(/\/$/, ''),
    )
    github.addToken('token', {
      kind: 'fine-grained',
      permissions: { [permission]: 'write' },
      repositories: ['acme/repo-0'],
      organizations: ['acme'],
    })
  })

  test.each(['all', 'private'])(
    'keeps the visibility %s',
    async (visibility) => {
      organization.set('RT', 'old', { visibility })
      const place = openOne(path)
      await write(place)
      expect(organization.get('RT')).toMatchObject({ value: 'new', visibility })
      expect(place.replaceCommand).toBe(
        `gh secret set RT ${app}--org acme --visibility ${visibility}`,
      )
    },
  )

  test.each([0, 1, 100, 101, 250])(
    'keeps %d selected repositories',
    async (count) => {
      const selected = repositoryIds.slice(0, count)
      organization.set('RT', 'old', {
        visibility: 'selected',
        selected_repository_ids: selected,
      })
      await write(openOne(path))
      const after = organization.get('RT')
      expect(after).toMatchObject({ value: 'new', visibility: 'selected' })
      expect(after?.selectedRepositoryIds).toEqual(new Set(selected))
    },
  )

  test('tells a person which repositories to name', async () => {
    const select = (ids: number[]): void => {
      organization.set('RT', 'old', {
        visibility: 'selected',
        selected_repository_ids: ids,
      })
    }
    const place = openOne(path)
    select(repositoryIds.slice(0, 2))
    await place.prepare()
    expect(place.replaceCommand).toBe(
      `gh secret set RT ${app}--org acme --repos repo-0,repo-1`,
    )
    select([])
    await place.prepare()
    expect(place.replaceCommand).toBe(
      `gh secret set RT ${app}--org acme --no-repos-selected`,
    )
  })

  test('is not touched when the third page of its list cannot be read', async () => {
    organization.set('RT', 'old', {
      visibility: 'selected',
      selected_repository_ids: repositoryIds,
    })
    proxy.rules.push({
      path: /page=3/,
      fault: { kind: 'respond', status: 500 },
    })
    await expect(openOne(path).prepare()).rejects.toMatchObject({
      code: 'GITHUB_UNAVAILABLE',
    })
  })

  test('is not touched when the list is shorter than it says', async () => {
    organization.set('RT', 'old', {
      visibility: 'selected',
      selected_repository_ids: repositoryIds.slice(0, 3),
    })
    proxy.rules.push({
      path: /repositories/,
      fault: {
        kind: 'rewrite',
        rewrite: (reply) => ({
          ...reply,
          body: Buffer.from(
            reply.body.toString().replace('"total_count":3', '"total_count":4'),
          ),
        }),
      },
    })
    await expect(openOne(path).prepare()).rejects.toMatchObject({
      code: 'PERMISSION_MISSING',
      what: expect.stringContaining('3 of the 4 repositories'),
    })
  })

  test('that does not exist is for a person to create', async () => {
    await expect(
      openOne(path.replace('RT', 'NO_SUCH')).prepare(),
    ).rejects.toMatchObject({
      code: 'SECRET_NOT_FOUND',
      remedy: expect.stringContaining('--visibility'),
    })
  })

  test('is probed with a secret that nobody can read', async () => {
    organization.set('RT', 'old', { visibility: 'all' })
    const place = openOne(path)
    await place.prepare()
    await place.probe()
    const probe = github.requests.find(
      ({ method, path }) => method === 'PUT' && path.endsWith(PROBE),
    )
    expect(JSON.parse(probe?.body ?? '')).toMatchObject({
      visibility: 'selected',
      selected_repository_ids: [],
    })
  })
})

describe('a Codespaces secret of a user', () => {
  test('keeps its repositories, which are listed without pages', async () => {
    const store = github.store('user/codespaces')
    github.addToken('token', {
      kind: 'fine-grained',
      permissions: { codespaces_user_secrets: 'write' },
      repositories: [],
    })
    const selected = repositoryIds.slice(0, 20)
    store.set('RT', 'old', {
      visibility: 'selected',
      selected_repository_ids: selected,
    })
    const place = openOne('user/codespaces/RT')
    await write(place)
    expect(store.get('RT')?.value).toBe('new')
    expect(store.get('RT')?.selectedRepositoryIds).toEqual(new Set(selected))
    expect(place.replaceCommand).toMatch(
      /^gh secret set RT --user --repos acme\/repo-0,acme\/repo-1,/,
    )
  })
})

describe('a probe', () => {
  test('names the problem when the store is full', async () => {
    const store = github.addRepository('acme/repo-0').secrets
    for (let index = 0; index < 100; index++) store.set(`S${index}`, 'x')
    const place = openOne('S0')
    await place.prepare()
    await expect(place.probe()).rejects.toMatchObject({
      code: 'SECRET_STORE_FULL',
      what: expect.stringContaining('100 secrets'),
    })
  })

  test('may find that another run has deleted it', async () => {
    proxy.rules.push({
      method: 'DELETE',
      fault: {
        kind: 'respond',
        status: 404,
        body: '{"message":"Not Found"}',
      },
    })
    const place = openOne('S0')
    await place.prepare()
    await place.probe()
  })

  test('fails when it cannot be deleted', async () => {
    proxy.rules.push({
      method: 'DELETE',
      fault: { kind: 'respond', status: 403, body: '{"message":"No"}' },
    })
    const place = openOne('S0')
    await place.prepare()
    await place.probe()
    await expect(place.removeProbe()).rejects.toMatchObject({
      code: 'PERMISSION_MISSING',
      what: expect.stringContaining(PROBE),
    })
  })

  test('is refused with the words of GitHub when it says 422', async () => {
    proxy.rules.push({
      method: 'PUT',
      fault: { kind: 'respond', status: 422, body: '{"message":"Odd."}' },
    })
    const place = openOne('S0')
    await place.prepare()
    await expect(place.probe()).rejects.toMatchObject({
      code: 'SECRET_REFUSED',
      what: expect.stringContaining('"Odd."'),
    })
  })
})

describe('places in one store', () => {
  test('share the public key', async () => {
    const places = open('A', 'B', 'repository:ACME/Repo-0/C')
    await Promise.all(places.map((place) => place.prepare()))
    expect(new Set(places.map(({ store }) => store)).size).toBe(1)
    expect(proxy.count('GET', /public-key/)).toBe(1)
  })
})

describe('of many places', () => {
  test('the refresh token is written at once, and the others take turns', async () => {
    const system = new TestSystem()
    const at = (name: string): Place => ({
      holder: { kind: 'repository', owner: 'acme', repository: 'repo-0' },
      store: 'actions',
      name,
    })
    const { refreshTokenPlace, accessTokenPlaces } = openAll(
      openApi(proxy.url, dispatcher, { system }),
      at('RT'),
      Array.from({ length: 50 }, (_, index) => at(`AT_${index}`)),
    )
    await refreshTokenPlace.prepare()
    await refreshTokenPlace.probe()
    await refreshTokenPlace.removeProbe()
    expect(system.sleeps).toEqual([1000])
    const put = (place: SecretPlace | undefined): unknown =>
      place?.write(place.seal(value), () => Promise.resolve(true))
    await put(refreshTokenPlace)
    expect(system.sleeps).toEqual([1000])
    await put(accessTokenPlaces[0])
    await put(accessTokenPlaces[1])
    expect(system.sleeps).toEqual([1000, 1000, 1000])
  })
})

test('a key that cannot seal is found out before it is needed', async () => {
  proxy.rules.push({
    path: /public-key/,
    fault: {
      kind: 'respond',
      status: 200,
      body: '{"key_id":"1","key":"not a key"}',
    },
  })
  await expect(openOne('S0').prepare()).rejects.toMatchObject({
    code: 'GITHUB_UNAVAILABLE',
  })
})

test('an answer that is not what GitHub documents is found out too', async () => {
  proxy.rules.push({ fault: { kind: 'respond', status: 200, body: '<html>' } })
  await expect(openOne('S0').inspect()).rejects.toMatchObject({
    code: 'GITHUB_UNAVAILABLE',
    remedy: expect.stringContaining("'github-api-url'"),
  })
})

describe('a refusal', () => {
  async function refused(
    status: number,
    headers: Record<string, string> = {},
    message = 'No',
  ): Promise<unknown> {
    proxy.rules.push({
      path: /public-key/,
      fault: {
        kind: 'respond',
        status,
        headers,
        body: JSON.stringify({ message }),
      },
    })
    return openOne('environment:prod/S0')
      .prepare()
      .catch((thrown: unknown) => thrown)
  }

  test('of the token says that it has to be replaced', async () => {
    expect(await refused(401, {}, 'Bad credentials')).toMatchObject({
      code: 'CREDENTIAL_REJECTED',
      what: expect.stringContaining('401 "Bad credentials"'),
    })
  })

  test('of a permission names it, the place, and what GitHub would accept', async () => {
    expect(
      await refused(403, {
        'x-accepted-github-permissions': 'environments=read; actions=read',
      }),
    ).toMatchObject({
      code: 'PERMISSION_MISSING',
      remedy:
        "The token in 'github-token' needs the repository permission \"Environments\" (environments: read) for the environment 'prod' of acme/repo-0; GitHub would have accepted: environments=read; actions=read. Change it at https://github.com/settings/tokens.",
    })
  })

  test('with 404 allows for a place that does not exist', async () => {
    expect(await refused(404)).toMatchObject({
      code: 'PERMISSION_MISSING',
      remedy: expect.stringContaining('does not exist'),
    })
  })

  test('for the number of requests says when to come back', async () => {
    expect(
      await refused(403, {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': '4102444800',
      }),
    ).toMatchObject({
      code: 'RATE_LIMITED',
      remedy: 'Run the workflow again after 2100-01-01 00:00:00 UTC.',
    })
  })
})
