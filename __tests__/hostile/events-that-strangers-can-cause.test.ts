import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import type { RunResult } from '../support/runner/runner.ts'
import { REPOSITORY, World } from '../support/world.ts'

let world: World

beforeEach(async () => {
  world = await World.start()
})

afterEach(() => world.close())

const here = { full_name: REPOSITORY }
const elsewhere = { full_name: 'stranger/web' }

function run(
  eventName: string,
  event: Record<string, unknown> = {},
  actor = 'octocat',
): Promise<RunResult> {
  return world.run({ job: { eventName, event, actor } })
}

function workflowRun(
  event: string,
  head_repository: unknown,
): Record<string, unknown> {
  return { workflow_run: { event, head_repository } }
}

describe('a run is refused, and nothing is sent to anybody', () => {
  const pull_request = { head: { repo: here } }
  test.each<[string, Record<string, unknown>]>([
    ['issue_comment', { issue: { pull_request: {} }, comment: {} }],
    ['issues', {}],
    ['discussion', {}],
    ['discussion_comment', {}],
    ['watch', {}],
    ['fork', {}],
    ['gollum', {}],
    ['check_run', {}],
    ['check_suite', {}],
    ['status', {}],
    ['create', {}],
    ['delete', {}],
    ['label', {}],
    ['page_build', {}],
    ['public', {}],
    ['registry_package', {}],
    ['pull_request_review', { pull_request }],
    ['pull_request_review_comment', { pull_request }],
    ['pull_request_target', { pull_request }],
    ['pull_request', { pull_request: { head: { repo: elsewhere } } }],
    ['pull_request', { pull_request: { head: { repo: null } } }],
    ['pull_request', {}],
    ['workflow_run', workflowRun('issue_comment', here)],
    ['workflow_run', workflowRun('pull_request', elsewhere)],
    ['workflow_run', workflowRun('pull_request', null)],
    ['workflow_run', workflowRun('workflow_run', here)],
    ['workflow_run', {}],
    ['an event::error::of tomorrow', {}],
  ])('on %s %j', async (eventName, event) => {
    const { main } = await run(eventName, event)
    expect(main.exitCode).toBe(1)
    expect(main.outputs).toMatchObject({
      outcome: 'failed',
      'error-code': 'TRIGGER_REFUSED',
      'credential-state': 'unchanged',
    })
    expect(main.annotations).toHaveLength(1)
    const name = /^\w+$/.test(eventName) ? eventName : 'an unknown one'
    expect(main.annotations[0]?.message).toContain(
      eventName === 'pull_request' ? 'another repository' : name,
    )
    expect(world.githubProxy.requests).toEqual([])
    expect(world.authorizationProxy.requests).toEqual([])
  })

  test('when Dependabot is behind it', async () => {
    const { main } = await run('push', {}, 'dependabot[bot]')
    expect(main.outputs['error-code']).toBe('TRIGGER_REFUSED')
  })
})

describe('a run may rotate', () => {
  test.each<[string, Record<string, unknown>]>([
    ['schedule', {}],
    ['workflow_dispatch', {}],
    ['repository_dispatch', {}],
    ['push', {}],
    ['release', {}],
    ['deployment', {}],
    ['deployment_status', {}],
    ['merge_group', {}],
    ['pull_request', { pull_request: { head: { repo: here } } }],
    ['workflow_run', workflowRun('push', here)],
    ['workflow_run', workflowRun('pull_request', here)],
  ])('on %s %j', async (eventName, event) => {
    const { main } = await run(eventName, event)
    expect(main.outputs['outcome']).toBe('rotated')
  })
})
