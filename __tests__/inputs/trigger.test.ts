import { describe, expect, test } from '@jest/globals'

import {
  explainEmptySecret,
  refuseTrigger,
  type Trigger,
} from '../../src/inputs/trigger.ts'

const scheduled: Trigger = {
  eventName: 'schedule',
  actor: 'octocat',
  repository: 'acme/web',
  payload: {},
}

function pullRequest(head: unknown, eventName = 'pull_request'): Trigger {
  return { ...scheduled, eventName, payload: { pull_request: { head } } }
}

describe('a run may rotate', () => {
  test.each<[string, Trigger]>([
    ['on schedule', scheduled],
    ['by hand', { ...scheduled, eventName: 'workflow_dispatch' }],
    ['on push', { ...scheduled, eventName: 'push' }],
    [
      'in a repository that is a fork itself',
      { ...scheduled, payload: { repository: { fork: true } } },
    ],
    [
      'for a pull request from the same repository',
      pullRequest({ repo: { full_name: 'Acme/Web' } }),
    ],
  ])('%s', (_, trigger) => {
    expect(refuseTrigger(trigger)).toBeUndefined()
    expect(explainEmptySecret(trigger)).toContain('does not exist')
  })
})

describe('a run is refused', () => {
  test.each<[string, Trigger, string]>([
    [
      'on pull_request_target',
      pullRequest({ repo: { full_name: 'acme/web' } }, 'pull_request_target'),
      'pull_request_target',
    ],
    [
      'for a pull request from a fork',
      pullRequest({ repo: { full_name: 'stranger/web' } }),
      'another repository',
    ],
    [
      'for a pull request from a fork that was deleted',
      pullRequest({ repo: null }),
      'another repository',
    ],
    [
      'for a review of a pull request from a fork',
      pullRequest(
        { repo: { full_name: 'stranger/web' } },
        'pull_request_review',
      ),
      'The event pull_request_review is not one',
    ],
    [
      'when Dependabot starts it',
      { ...scheduled, actor: 'dependabot[bot]' },
      'Dependabot',
    ],
  ])('%s', (_, trigger, reason) => {
    expect(refuseTrigger(trigger)).toContain(reason)
    expect(explainEmptySecret(trigger)).toContain('withholds')
  })
})
