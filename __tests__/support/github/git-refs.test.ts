import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { askerOf, type Ask, type Seen } from './asking.ts'
import type { Repository } from './repository.ts'
import { GitHubStandIn, type Credential } from './stand-in.ts'

let github: GitHubStandIn
let repository: Repository
let ask: Ask

const job: Credential = {
  kind: 'job',
  permissions: { contents: 'write' },
  repositories: ['acme/web'],
}

const git = '/repos/acme/web/git'
const ref = 'refs/rotate-token/my-id'
const unknown = '0123456789012345678901234567890123456789'

beforeEach(async () => {
  github = new GitHubStandIn()
  await github.start()
  ask = askerOf(github)
  repository = github.addRepository('acme/web')
  github.addToken('token', job)
})

afterEach(async () => {
  expect(github.violations).toEqual([])
  await github.close()
})

function commit(message: string, parents: readonly string[] = []): string {
  const { tree = '' } = repository.git.commits.get(repository.git.head) ?? {}
  return repository.git.addCommit({ message, tree, parents }).sha
}

function create(sha: string, name = ref): Promise<Seen> {
  return ask('POST', `${git}/refs`, { ref: name, sha })
}

function move(sha: string, force = false): Promise<Seen> {
  return ask('PATCH', `${git}/${ref}`, { sha, force })
}

async function read(): Promise<string | undefined> {
  const { status, body } = await ask('GET', `${git}/ref/rotate-token/my-id`)
  if (status === 404) return undefined
  return (body as { object: { sha: string } }).object.sha
}

describe('a ref', () => {
  test('is created once, and read by its whole name', async () => {
    const sha = commit('first')
    expect(await create(sha)).toMatchObject({
      status: 201,
      body: { ref, object: { type: 'commit', sha } },
    })
    expect(await create(commit('other'))).toMatchObject({
      status: 422,
      body: { message: 'Reference already exists' },
    })
    expect(await read()).toBe(sha)
    for (const path of ['rotate-token%2Fmy-id', 'heads/main']) {
      expect((await ask('GET', `${git}/ref/${path}`)).status).toBe(200)
    }
    for (const path of ['rotate-token', 'rotate-token/my', ref, sha]) {
      expect(await ask('GET', `${git}/ref/${path}`)).toMatchObject({
        status: 404,
        body: { message: 'Not Found' },
      })
    }
  })

  test.each([
    ['rotate-token/my-id', "must start with 'refs/'"],
    ['refs/my-id', 'three slash-separated components'],
    ...[
      ...['my id', 'my..id', 'my~id', 'my^id', 'my:id', 'my?id', 'my*id'],
      ...['my[id', 'my\\id', 'my@{id', 'my\tid', 'my.lock', '.my', 'my.'],
      ...['a//b', 'my/', 'a.lock/b', 'my\x7f'],
    ].map((name): [string, string] => [
      `refs/rotate-token/${name}`,
      'is not a valid ref name',
    ]),
  ])('cannot have the name %j', async (name, message) => {
    expect(await create(commit('first'), name)).toMatchObject({
      status: 422,
      body: { message: expect.stringContaining(message) },
    })
    expect(repository.git.refs.size).toBe(1)
  })

  test('cannot be below another, nor above', async () => {
    const sha = commit('first')
    await create(sha)
    for (const name of [`${ref}/below`, 'refs/heads/main/x']) {
      expect(await create(sha, name)).toMatchObject({
        status: 422,
        body: { message: 'Reference update failed' },
      })
    }
    expect((await create(sha, `${ref}-2`)).status).toBe(201)
  })

  test('is of a commit that exists', async () => {
    for (const refused of [await create(unknown), await move(unknown)]) {
      expect(refused.status).toBe(422)
    }
    const sha = commit('first')
    expect(await move(sha)).toMatchObject({
      status: 422,
      body: { message: 'Reference does not exist' },
    })
    await create(sha)
    expect(await create(unknown, `${ref}-2`)).toMatchObject({
      status: 422,
      body: { message: 'Object does not exist' },
    })
    expect(await move(unknown)).toMatchObject({
      status: 422,
      body: { message: 'Object does not exist' },
    })
    expect((await move(sha.slice(0, 7))).status).toBe(422)
    expect(await read()).toBe(sha)
  })

  test('moves to what descends from it, however far, and to itself', async () => {
    const first = commit('first')
    const second = commit('second', [first])
    const third = commit('third', [repository.git.head, second])
    await create(first)
    expect(await move(third)).toMatchObject({
      status: 200,
      body: { ref, object: { sha: third } },
    })
    expect((await move(third)).status).toBe(200)
    expect(await move(second)).toMatchObject({
      status: 422,
      body: { message: 'Update is not a fast forward' },
    })
    expect(await read()).toBe(third)
    expect((await move(second, true)).status).toBe(200)
    expect(repository.git.history(ref)?.map(({ message }) => message)).toEqual([
      'second',
      'first',
    ])
  })

  test('goes to one of two writers that come from the same commit', async () => {
    const first = commit('first')
    await create(first)
    const writers = [commit('one', [first]), commit('other', [first])]
    const seen = await Promise.all(writers.map((sha) => move(sha)))
    expect(seen.map(({ status }) => status).sort()).toEqual([200, 422])
    const winner = writers[seen.findIndex(({ status }) => status === 200)]
    expect(repository.git.refs.get(ref)).toBe(winner)
  })

  test('goes to one of two writers that create it', async () => {
    const writers = [commit('one'), commit('other')]
    const seen = await Promise.all(writers.map((sha) => create(sha)))
    expect(seen.map(({ status }) => status).sort()).toEqual([201, 422])
  })

  test('cannot be created where the repository protects the namespace', async () => {
    const sha = commit('first')
    repository.git.protectNamespace('refs/rotate-token/')
    expect(await create(sha)).toMatchObject({
      status: 422,
      body: { message: 'Reference update failed' },
    })
    repository.git.protectNamespace('refs/rotate-token/', 403)
    expect(await create(sha)).toMatchObject({
      status: 403,
      body: { message: 'Resource not accessible by integration' },
    })
    expect((await create(sha, 'refs/rotate-other/my-id')).status).toBe(201)
  })

  test('is read as it was before its last move, while reads lag', async () => {
    const first = commit('first')
    const second = commit('second', [first])
    await create(first)
    repository.git.lagRefReads(2)
    expect(await read()).toBeUndefined()
    expect((await create(first)).status).toBe(422)
    expect(await read()).toBeUndefined()
    expect(await read()).toBe(first)

    repository.git.lagRefReads(1)
    await move(second)
    expect(await read()).toBe(first)
    expect(await read()).toBe(second)
    repository.git.lagRefReads(1)
    expect((await ask('GET', `${git}/ref/heads/main`)).status).toBe(200)
    expect(await read()).toBe(second)
  })
})

describe('a token', () => {
  test('without contents: write reads, and does not write', async () => {
    const sha = repository.git.head
    github.addToken('token', { ...job, permissions: { contents: 'read' } })
    expect((await ask('GET', `${git}/ref/heads/main`)).status).toBe(200)
    const { status, headers, body } = await create(sha)
    expect(status).toBe(403)
    expect(headers.get('x-accepted-github-permissions')).toBe('contents=write')
    expect(body).toMatchObject({
      message: 'Resource not accessible by integration',
    })
    expect(repository.git.refs.size).toBe(1)
  })

  test('without contents does not read either, unless all is public', async () => {
    github.addRepository('acme/open', { isPrivate: false })
    github.addRepository('acme/private')
    github.addToken('token', {
      ...job,
      kind: 'fine-grained',
      permissions: {},
    })
    const { status, headers, body } = await ask('GET', `${git}/ref/heads/main`)
    expect(status).toBe(403)
    expect(headers.get('x-accepted-github-permissions')).toBe('contents=read')
    expect(body).toMatchObject({
      message: 'Resource not accessible by personal access token',
    })
    const main = (name: string): Promise<Seen> =>
      ask('GET', `/repos/acme/${name}/git/ref/heads/main`)
    expect((await main('open')).status).toBe(200)
    expect((await main('private')).status).toBe(404)
  })

  test('of a job never has to do with secrets', async () => {
    const path = '/repos/acme/web/actions/secrets/RT'
    expect(await ask('GET', path)).toMatchObject({
      status: 403,
      body: { message: 'Resource not accessible by integration' },
    })
    expect(() => {
      github.addToken('other', { ...job, permissions: { secrets: 'write' } })
    }).toThrow('no job token can have secrets')
  })

  test('of a job has 1000 requests an hour', async () => {
    const { headers } = await ask('GET', `${git}/ref/heads/main`)
    expect(headers.get('x-ratelimit-limit')).toBe('1000')
  })
})
