import { afterEach, beforeEach, expect, test } from '@jest/globals'

import { makeKeyPair } from '../key-pairs.ts'
import { askWith, signJwt } from './app-asking.ts'
import { askerOf, type Ask } from './asking.ts'
import { GitHubStandIn } from './stand-in.ts'

let github: GitHubStandIn
let ask: Ask

const repository = 'acme/web'
const ref = 'refs/rotate-token/my-id'

beforeEach(async () => {
  github = new GitHubStandIn()
  await github.start()
  ask = askerOf(github)
  await tell('add-repository', { repository })
  await tell('add-token', {
    token: 'token',
    kind: 'job',
    permissions: { contents: 'write', actions: 'read' },
    repositories: [repository],
  })
})

afterEach(() => github.close())

async function tell(command: string, input: object): Promise<unknown> {
  const response = await fetch(`${github.url}/_control/${command}`, {
    method: 'POST',
    body: JSON.stringify(input),
  })
  const result: unknown = await response.json()
  if (!response.ok) throw new Error(JSON.stringify(result))
  return result
}

test('tokens are added of every kind, with an end', async () => {
  const path = '/repos/acme/web/git/ref/heads/main'
  expect((await ask('GET', path)).status).toBe(200)
  await tell('add-token', {
    token: 'token',
    kind: 'job',
    permissions: { contents: 'read' },
    repositories: [repository],
    expiresAt: new Date(Date.now() - 1000),
  })
  expect((await ask('GET', path)).status).toBe(401)
  const impossible = { kind: 'job', permissions: { secrets: 'write' } }
  await expect(tell('add-token', impossible)).rejects.toThrow('no job token')
})

test('secrets of every scope are set and read', async () => {
  await tell('add-environment', { repository, name: 'production' })
  await tell('add-organization', { login: 'acme' })
  const name = 'RT'
  for (const scope of [
    ...['repository:acme/web', 'repository:acme/web/environment:production'],
    ...['repository:acme/web/agents', 'organization:acme', 'user/codespaces'],
  ]) {
    await tell('set-secret', { scope, name, value: scope })
    expect(github.store(scope).get(name)?.value).toBe(scope)
    expect(await tell('read-secret', { scope, name })).toBe(scope)
  }
  expect(await tell('read-secret', { repository, name })).toBe(
    'repository:acme/web',
  )
  await expect(
    tell('read-secret', { scope: 'organization:other', name }),
  ).rejects.toThrow('no store organization:other')
})

test('Apps and classic tokens are added, and what was minted is listed', async () => {
  const { publicKey, privateKey } = await makeKeyPair('RS256')
  await tell('add-app', {
    clientId: 'Iv23app',
    publicKey: publicKey.export({ format: 'pem', type: 'spki' }),
    installations: [
      {
        account: 'acme',
        permissions: { secrets: 'read' },
        repositories: 'all',
      },
    ],
  })
  const now = Math.floor(github.clock.now().getTime() / 1000)
  const claims = { iss: 'Iv23app', iat: now, exp: now + 60 }
  const asApp = askWith(ask, signJwt(claims, privateKey))
  const { body } = await asApp('GET', '/repos/acme/web/installation')
  const { id } = body as { id: number }
  await asApp('POST', `/app/installations/${id}/access_tokens`)
  expect(await tell('list-minted-tokens', {})).toEqual([
    {
      token: expect.any(String),
      permissions: { secrets: 'read' },
      repositories: 'all',
    },
  ])

  await tell('add-token', {
    token: 'token',
    kind: 'classic',
    scopes: ['repo'],
    repositories: [repository],
  })
  const path = '/repos/acme/web/agents/secrets'
  expect((await ask('GET', path)).status).toBe(200)
  expect(await tell('list-violations', {})).toEqual([])
})

test('runs are added, completed and run again', async () => {
  const createdAt = '2030-01-01T00:00:00Z'
  const added = await tell('add-run', { repository, createdAt })
  const { id } = added as { id: number }
  expect(added).toEqual({ id: expect.any(Number), attempt: 1 })
  const path = `/repos/acme/web/actions/runs/${id}/attempts`
  expect(await ask('GET', `${path}/1`)).toMatchObject({
    body: { status: 'in_progress', created_at: createdAt },
  })
  await tell('complete-run', { repository, id })
  expect(await ask('GET', `${path}/1`)).toMatchObject({
    body: { status: 'completed', conclusion: 'success' },
  })
  expect(await tell('rerun', { repository, id })).toEqual({ id, attempt: 2 })
  expect(await ask('GET', `${path}/2`)).toMatchObject({
    body: { status: 'in_progress' },
  })
  await expect(tell('rerun', { repository, id: 1 })).rejects.toThrow('no run 1')
})

test('refs are read as messages, the newest first', async () => {
  const { git } = github.repository(repository)
  const { tree } = [...git.commits.values()][0] ?? { tree: '' }
  const first = git.addCommit({ message: 'first', tree })
  const second = git.addCommit({
    message: 'second',
    tree,
    parents: [first.sha],
  })
  expect(await tell('read-ref', { repository, ref })).toBeNull()
  git.createRef(ref, second.sha)
  expect(await tell('read-ref', { repository, ref })).toEqual([
    'second',
    'first',
  ])
})

test('reads are made to lag, and namespaces protected', async () => {
  const { git, secrets } = github.repository(repository)
  git.createRef(ref, git.head)
  secrets.set('RT', 'x')
  await tell('lag-ref-reads', { repository, count: 1 })
  await tell('lag-secret-reads', { repository, count: 1 })
  expect(git.readRef(ref)).toBeUndefined()
  expect(secrets.read('RT')).toBeUndefined()
  const prefix = 'refs/rotate-token/'
  await tell('protect-namespace', { repository, prefix, status: 403 })
  expect(git.createRef(`${prefix}other`, git.head)).toMatchObject({
    status: 403,
  })
})
