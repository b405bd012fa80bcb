import { afterEach, beforeEach, expect, test } from '@jest/globals'

import { askerOf, type Ask } from './asking.ts'
import type { Repository } from './repository.ts'
import type { WorkflowRun } from './run-store.ts'
import { GitHubStandIn } from './stand-in.ts'

let github: GitHubStandIn
let repository: Repository
let ask: Ask

beforeEach(async () => {
  github = new GitHubStandIn()
  await github.start()
  ask = askerOf(github)
  repository = github.addRepository('acme/web')
  github.addToken('token', {
    kind: 'job',
    permissions: { actions: 'read' },
    repositories: ['acme/web'],
  })
  github.clock.set(new Date('2030-01-01T00:00:00.900Z'))
})

afterEach(async () => {
  expect(github.violations).toEqual([])
  await github.close()
})

function pathOf({ id }: WorkflowRun, attempt: number): string {
  return `/repos/acme/web/actions/runs/${id}/attempts/${attempt}`
}

test('a run is in progress until it is completed', async () => {
  const run = repository.runs.addRun()
  expect(await ask('GET', pathOf(run, 1))).toMatchObject({
    status: 200,
    body: {
      id: run.id,
      run_attempt: 1,
      status: 'in_progress',
      conclusion: null,
      created_at: '2030-01-01T00:00:00Z',
      head_sha: repository.git.head,
    },
  })
  run.status = 'queued'
  expect(await ask('GET', pathOf(run, 1))).toMatchObject({
    body: { status: 'queued' },
  })
  repository.runs.completeRun(run, 'failure')
  expect(await ask('GET', pathOf(run, 1))).toMatchObject({
    body: { status: 'completed', conclusion: 'failure' },
  })
})

test('a later attempt begins later, of a run that was created once', async () => {
  const createdAt = new Date('2029-12-31T12:00:00Z')
  const run = repository.runs.addRun({ createdAt })
  repository.runs.completeRun(run, 'failure')
  repository.runs.rerun(run)
  expect(await ask('GET', pathOf(run, 2))).toMatchObject({
    status: 200,
    body: {
      run_attempt: 2,
      status: 'in_progress',
      conclusion: null,
      created_at: '2029-12-31T12:00:00Z',
      run_started_at: '2030-01-01T00:00:00Z',
    },
  })
  expect(await ask('GET', pathOf(run, 1))).toMatchObject({
    status: 200,
    body: {
      run_attempt: 1,
      status: 'completed',
      conclusion: 'failure',
      created_at: '2029-12-31T12:00:00Z',
      run_started_at: '2029-12-31T12:00:00Z',
    },
  })
})

test('404 for a run or an attempt that never was', async () => {
  const run = repository.runs.addRun()
  github.addRepository('acme/other').runs.addRun()
  for (const path of [
    pathOf(run, 0),
    pathOf(run, 2),
    pathOf({ ...run, id: run.id + 1 }, 1),
  ]) {
    expect(await ask('GET', path)).toMatchObject({
      status: 404,
      body: { message: 'Not Found' },
    })
  }
})

test('runs of two repositories have different ids', () => {
  const other = github.addRepository('acme/other')
  const ids = [repository, other, repository].map(
    ({ runs }) => runs.addRun().id,
  )
  expect(new Set(ids).size).toBe(3)
})

test('403 without actions: read, 404 where the token sees nothing', async () => {
  const path = pathOf(repository.runs.addRun(), 1)
  github.addToken('token', {
    kind: 'job',
    permissions: { contents: 'write' },
    repositories: ['acme/web'],
  })
  const { status, headers, body } = await ask('GET', path)
  expect(status).toBe(403)
  expect(headers.get('x-accepted-github-permissions')).toBe('actions=read')
  expect(body).toMatchObject({
    message: 'Resource not accessible by integration',
  })
  github.addToken('token', {
    kind: 'job',
    permissions: { actions: 'read' },
    repositories: ['acme/other'],
  })
  expect((await ask('GET', path)).status).toBe(404)
})
