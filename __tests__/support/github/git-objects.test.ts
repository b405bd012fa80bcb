import { afterEach, beforeEach, expect, test } from '@jest/globals'

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

function shaOf({ body }: Seen): string {
  return (body as { sha: string }).sha
}

test('objects have the ids that git gives them', async () => {
  github.clock.set(new Date('2026-01-01T12:00:00.100Z'))
  const blob = { path: 'a.txt', mode: '100644', content: 'hello\n' }
  const inner = await ask('POST', `${git}/trees`, { tree: [blob] })
  expect(inner).toMatchObject({
    status: 201,
    body: {
      sha: '2e81171448eb9f2ee3821e3d447aa6b2fe3ddba1',
      tree: [{ sha: 'ce013625030ba8dba906f756967f9e9ca394464a', size: 6 }],
    },
  })
  const outer = await ask('POST', `${git}/trees`, {
    tree: [
      { path: 'a', mode: '040000', type: 'tree', sha: shaOf(inner) },
      {
        path: 'a.b',
        mode: '100644',
        type: 'blob',
        sha: 'ce013625030ba8dba906f756967f9e9ca394464a',
      },
    ],
  })
  expect(shaOf(outer)).toBe('b4012cf37c88facd5e8af15b1c68da20eefcbcdc')
  const first = await ask('POST', `${git}/commits`, {
    message: 'Grüße',
    tree: shaOf(outer),
  })
  expect(shaOf(first)).toBe('99e6d3801d5d1ebe1e636b21891564522a1443fc')
  const second = await ask('POST', `${git}/commits`, {
    message: 'two\n\nlines',
    tree: shaOf(outer),
    parents: [shaOf(first)],
    author: { name: 'A', email: 'a@x.org', date: '2020-01-01T00:00:00Z' },
  })
  expect(shaOf(second)).toBe('ab5981e7583af6a0205459660d63e36da8a86913')
})

test('objects are refused without what they refer to', async () => {
  const sha = repository.git.head
  const { tree = '' } = repository.git.commits.get(sha) ?? {}
  const post = (body: object): Promise<Seen> =>
    ask('POST', `${git}/commits`, { message: 'x', ...body })
  expect(await post({ tree: sha })).toMatchObject({
    status: 422,
    body: { message: 'Tree SHA does not exist' },
  })
  expect(await post({ tree, parents: [sha, unknown] })).toMatchObject({
    status: 422,
    body: { message: expect.stringContaining('Parent SHA does not exist') },
  })
  const entry = { path: 'a', mode: '100644', sha: unknown }
  expect(await ask('POST', `${git}/trees`, { tree: [entry] })).toMatchObject({
    status: 422,
    body: { message: `tree.sha ${unknown} is not a valid blob` },
  })
})

test.each([
  ['no entry at all', []],
  ['two contents', [{ path: 'a', mode: '100644', sha: unknown, content: '' }]],
  ['no content', [{ path: 'a', mode: '100644' }]],
  ['no mode', [{ path: 'a', content: '' }]],
  ['no path', [{ mode: '100644', content: '' }]],
  ['a path that leads away', [{ path: '..', mode: '100644', content: '' }]],
])('trees are refused with %s', async (_, tree) => {
  expect((await ask('POST', `${git}/trees`, { tree })).status).toBe(422)
})

test('commits can be read, with times of the clock in whole seconds', async () => {
  github.clock.set(new Date('2030-01-01T00:00:00.100Z'))
  const parent = repository.git.head
  const { tree } = repository.git.commits.get(parent) ?? {}
  const body = { message: 'Claim', tree, parents: [parent] }
  const created = await ask('POST', `${git}/commits`, body)
  expect(created.status).toBe(201)
  const sha = shaOf(created)
  const time = '2030-01-01T00:00:00Z'
  expect(await ask('GET', `${git}/commits/${sha}`)).toMatchObject({
    status: 200,
    body: {
      sha,
      message: 'Claim',
      parents: [{ sha: parent }],
      author: { name: 'github-actions[bot]', date: time },
      committer: { name: 'github-actions[bot]', date: time },
    },
  })
  expect(repository.git.commits.get(sha)?.author.date).toEqual(new Date(time))
  expect((await ask('GET', `${git}/commits/${unknown}`)).status).toBe(404)
})

test('commits have their tokens as authors, unless they name another', async () => {
  const { tree = '' } = repository.git.commits.get(repository.git.head) ?? {}
  const post = (body: object): Promise<Seen> =>
    ask('POST', `${git}/commits`, { message: 'x', tree, ...body })
  github.addToken('token', { ...job, kind: 'installation' })
  expect(await post({})).toMatchObject({
    body: { author: { name: 'acme-rotation[bot]' } },
  })
  const author = { name: 'A', email: 'a@x.org', date: '2020-01-01T00:00:00Z' }
  expect(await post({ author })).toMatchObject({
    body: { author, committer: author },
  })
})
