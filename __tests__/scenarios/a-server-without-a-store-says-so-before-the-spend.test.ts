import { expect, test } from '@jest/globals'

import { GitHubStandIn } from '../support/github/stand-in.ts'
import { GITHUB_TOKEN, JOB_TOKEN, REPOSITORY, World } from '../support/world.ts'

/** GitHub Enterprise Server, which has its API under a path. */
async function startEnterprise(world: World): Promise<GitHubStandIn> {
  const github = new GitHubStandIn({
    basePath: '/api/v3',
    clock: world.clock,
    enterpriseVersion: '3.19.0',
  })
  await github.start()
  const { secrets } = github.addRepository(REPOSITORY)
  for (const [name, { value }] of world.repository.secrets.secrets) {
    secrets.set(name, value)
  }
  github.addOrganization('acme')
  github.addToken(GITHUB_TOKEN, {
    kind: 'fine-grained',
    permissions: {
      secrets: 'write',
      dependabot_secrets: 'write',
      codespaces_secrets: 'write',
      organization_agent_secrets: 'write',
    },
    repositories: [REPOSITORY],
    organizations: ['acme'],
  })
  github.addToken(JOB_TOKEN, {
    kind: 'job',
    permissions: { contents: 'write', actions: 'read' },
    repositories: [REPOSITORY],
  })
  world.clock.advance(3_600_000)
  return github
}

test.each([
  ['codespaces/AT', 'Codespaces'],
  ['organization:acme/agents/AT', 'Agents'],
])('%s', async (place, feature) => {
  const world = await World.start()
  const github = await startEnterprise(world)
  const { run } = world.queue()
  const { main } = await world.run({
    with: { 'access-token-secrets': `dependabot/AT\n${place}` },
    queued: { run, secrets: github.queueRun(REPOSITORY) },
    job: { apiUrl: github.url },
  })
  expect(main.outputs).toMatchObject({
    'error-code': 'SECRET_STORE_UNAVAILABLE',
    'credential-state': 'unchanged',
  })
  expect(main.annotations[0]?.message).toContain(
    `GitHub Enterprise Server 3.19.0 has no ${feature} secrets`,
  )
  expect(world.authorizationProxy.count('POST', /token/)).toBe(0)
  expect(github.violations).toEqual([])
  await github.close()
  await world.close()
})

test('what it has is written, with commands that go to it', async () => {
  const world = await World.start()
  const github = await startEnterprise(world)
  const queued = {
    run: github.repository(REPOSITORY).runs.addRun(),
    secrets: github.queueRun(REPOSITORY),
  }
  world.clock.advance(5000)
  const web = 'https://github.acme.example'
  const job = {
    apiUrl: github.url,
    environment: { GITHUB_SERVER_URL: web, GITHUB_API_URL: github.url },
  }
  const { main } = await world.run({
    with: { 'access-token-secrets': 'dependabot/AT' },
    queued,
    job,
  })
  expect(main.outputs['outcome']).toBe('rotated')
  const [request] = github.requests
  expect(request?.headers).toMatchObject({
    'x-github-api-version': '2022-11-28',
    'user-agent': expect.stringMatching(/^rotate-token\/\d+\.\d+\.\d+ /),
  })
  expect(github.requests.every(({ path }) => path.startsWith('/api/v3/'))).toBe(
    true,
  )

  const { main: missing } = await world.run({
    with: { 'refresh-token-secret': 'NO_SUCH' },
    queued,
    job,
  })
  expect(missing.outputs['error-code']).toBe('SECRET_NOT_FOUND')
  expect(missing.annotations[0]?.message).toContain(
    'GH_HOST=github.acme.example gh secret set NO_SUCH --repo acme/web',
  )
  await github.close()
  await world.close()
})
