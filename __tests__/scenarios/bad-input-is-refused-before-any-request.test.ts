import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'

import type { Job } from '../support/runner/runner.ts'
import { World } from '../support/world.ts'

let world: World

beforeAll(async () => {
  world = await World.start()
})

afterAll(() => world.close())

afterEach(() => {
  expect(world.githubProxy.requests).toEqual([])
  expect(world.authorizationProxy.requests).toEqual([])
})

const fork = {
  pull_request: { head: { repo: { full_name: 'stranger/web' } } },
}

test.each<
  [string, Record<string, string>, Partial<Job>, string | RegExp, string?]
>([
  [
    'a secret that does not exist',
    { 'refresh-token': '${{ secrets.NO_SUCH }}' },
    {},
    "'refresh-token' is empty. Usually the secret that the workflow reads does not exist",
  ],
  [
    "a fork's pull request",
    {},
    { eventName: 'pull_request', event: fork, secrets: {} },
    /comes from another repository.*'refresh-token' is empty. GitHub withholds/s,
    'TRIGGER_REFUSED',
  ],
  [
    "Dependabot's run",
    {},
    { actor: 'dependabot[bot]', secrets: {} },
    /started by Dependabot.*'refresh-token' is empty. GitHub withholds/s,
    'TRIGGER_REFUSED',
  ],
  [
    'pull_request_target, although it has the secrets',
    {},
    { eventName: 'pull_request_target', event: fork },
    'pull_request_target gives the secrets',
    'TRIGGER_REFUSED',
  ],
  [
    'an http: endpoint outside loopback',
    { 'token-endpoint': 'http://as.example/token' },
    {},
    'secrets are sent over https: only',
  ],
  ['a bad URL', { 'token-endpoint': 'as.example' }, {}, 'is not a URL'],
  [
    'a malformed place',
    { 'refresh-token-secret': 'environment:production' },
    {},
    'is not one of NAME',
  ],
  [
    'a digit first',
    { 'refresh-token-secret': '1X' },
    {},
    'begins with a digit',
  ],
  [
    'a name that GitHub refuses',
    { 'refresh-token-secret': 'GITHUB_X' },
    {},
    'begins with GITHUB_',
  ],
  [
    'a bad character',
    { 'refresh-token-secret': 'MY-TOKEN' },
    {},
    'characters other than letters',
  ],
  [
    'two places that are the same secret',
    { 'access-token-secrets': 'AT\nat' },
    {},
    "'at' is the same secret as 'AT'",
  ],
  [
    'the refresh token among the access tokens',
    { 'access-token-secrets': 'repository:acme/web/REFRESH_TOKEN' },
    {},
    "is the same secret as 'refresh-token-secret'",
  ],
  [
    'a secret over 48 KB',
    { 'refresh-token': 'x'.repeat(49_153) },
    {},
    'larger than 48 KB',
  ],
  [
    'a boolean that is none',
    { 'dry-run': 'yes' },
    {},
    "'dry-run' must be true or false, not 'yes'",
  ],
  [
    'something else than a proxy',
    {},
    { environment: { HTTPS_PROXY: 'proxy:8080' } },
    'is not the URL of a proxy',
  ],
  [
    'everything at once',
    {
      'refresh-token': '',
      'token-endpoint': 'ftp://x',
      'client-id': '',
      'dry-run': '1',
    },
    {},
    /^4 things are wrong:(\n- [^\n]+){4}/,
  ],
])('%s', async (_, inputs, job, message, code = 'CONFIGURATION_INVALID') => {
  const { main } = await world.run({ with: inputs, job })
  expect(main.exitCode).toBe(1)
  expect(main.outputs).toEqual({
    outcome: 'failed',
    rotated: 'false',
    'access-token': '',
    'expires-at': '',
    'next-due-at': '',
    'refresh-token-expires-at': '',
    sequence: '',
    'credential-state': 'unchanged',
    'error-code': code,
  })
  expect(main.annotations).toHaveLength(1)
  const text = main.annotations[0]?.message ?? ''
  expect(text).toMatch(message)
  expect(text).toContain('Nothing was sent.')
})
