import { afterEach, beforeEach, expect, test } from '@jest/globals'

import { askerOf, type Ask } from './asking.ts'
import { GitHubStandIn } from './stand-in.ts'

let github: GitHubStandIn
let ask: Ask

const header = 'x-github-enterprise-version'
const web = '/repos/acme/web'

beforeEach(async () => {
  github = new GitHubStandIn({
    basePath: '/api/v3',
    enterpriseVersion: '3.19.0',
  })
  await github.start()
  ask = askerOf(github)
  github.addRepository('acme/web')
  github.addOrganization('acme')
  github.addToken('token', {
    kind: 'classic',
    scopes: ['repo', 'admin:org', 'codespace'],
    repositories: ['acme/web'],
    organizations: ['acme'],
  })
})

afterEach(async () => {
  expect(github.violations).toEqual([])
  await github.close()
})

test.each([
  [`${web}/actions/secrets`, 200],
  [`${web}/dependabot/secrets`, 200],
  ['/orgs/acme/actions/secrets', 200],
  ['/orgs/acme/dependabot/secrets', 200],
  [`${web}/codespaces/secrets`, 404],
  [`${web}/codespaces/secrets/public-key`, 404],
  ['/orgs/acme/codespaces/secrets', 404],
  ['/user/codespaces/secrets/RT', 404],
  [`${web}/agents/secrets/public-key`, 404],
  ['/orgs/acme/agents/secrets', 404],
])('%s has %i on an Enterprise Server', async (path, status) => {
  const seen = await ask('GET', path)
  expect(seen.status).toBe(status)
  expect(seen.headers.get(header)).toBe('3.19.0')
})

test('it gives its version also to strangers', async () => {
  const seen = await ask('GET', `${web}/actions/secrets`, undefined, {
    authorization: 'token other',
  })
  expect(seen.status).toBe(401)
  expect(seen.headers.get(header)).toBe('3.19.0')
})

test('github.com gives none', async () => {
  const other = new GitHubStandIn()
  await other.start()
  const { headers } = await askerOf(other)('GET', `${web}/actions/secrets`)
  expect(headers.has(header)).toBe(false)
  await other.close()
})
