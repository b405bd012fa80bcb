import { execFileSync } from 'node:child_process'

import { afterEach, beforeEach, expect, test } from '@jest/globals'

import { GITHUB_TOKEN, World } from '../support/world.ts'

let world: World

beforeEach(async () => {
  world = await World.start()
})

afterEach(() => world.close())

/** Does what `gh api` does with the arguments of a printed command. */
async function paste(command: string): Promise<number> {
  const words = execFileSync('bash', [
    '-c',
    `gh() { printf '%s\\n' "$@"; }; ${command}`,
  ])
    .toString()
    .trim()
    .split('\n')
  expect(words.slice(0, 3)).toEqual(['api', '-X', 'PUT'])
  const [path = '', ...options] = words.slice(3)
  const body: Record<string, unknown> = {}
  for (let index = 0; index < options.length; index += 2) {
    const [, name = '', value] =
      /^([^=]+)(?:=(.*))?$/s.exec(options[index + 1] ?? '') ?? []
    if (options[index] === '-f') {
      body[name] = value
      continue
    }
    const list = (body[name.replace('[]', '')] ??= []) as number[]
    if (value !== undefined) list.push(Number(value))
  }
  const response = await fetch(`${world.github.url}/${path}`, {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${GITHUB_TOKEN}`,
      accept: 'application/vnd.github+json',
      'user-agent': 'gh',
      'x-github-api-version': '2022-11-28',
    },
    body: JSON.stringify(body),
  })
  return response.status
}

function commandIn(text: string): string {
  const [, command = ''] = /`(gh api [^`]+)`/.exec(text) ?? []
  return command
}

const refused = {
  kind: 'respond',
  status: 403,
  body: '{"message":"Resource not accessible by personal access token"}',
} as const

test.each([
  ['REFRESH_TOKEN', ''],
  ["environment:it's 100 % prod/REFRESH_TOKEN", "it's 100 % prod"],
])('the command with the sealed copy of %s', async (place, environment) => {
  world.github.addToken(GITHUB_TOKEN, {
    kind: 'fine-grained',
    permissions: { secrets: 'write', environments: 'write' },
    repositories: ['acme/web'],
  })
  const store =
    environment === ''
      ? world.repository.secrets
      : world.github.addEnvironment(world.repository, environment)
  store.set('REFRESH_TOKEN', world.storedRefreshToken ?? '')
  world.githubProxy.rules.push({
    method: 'PUT',
    path: /\/REFRESH_TOKEN$/,
    fault: refused,
  })
  const { main } = await world.run({
    with: { 'refresh-token-secret': place },
    environment,
  })
  expect(main.outputs['credential-state']).toBe('escrowed')
  const command = commandIn(main.annotations[0]?.message ?? '')
  expect(await paste(command)).toBe(204)
  expect(await world.authorizationServer.liveRefreshTokens()).toEqual([
    store.get('REFRESH_TOKEN')?.value,
  ])

  // And a fresh run takes it as the newest one, once nothing can be under way.
  world.githubProxy.rules.length = 0
  world.clock.advance(200_000)
  const next = await world.run({
    with: { 'refresh-token-secret': place },
    environment,
  })
  expect(next.main.outputs['outcome']).toBe('rotated')
})

test('the same for an organization secret, whose repositories stay', async () => {
  world.github.addToken(GITHUB_TOKEN, {
    kind: 'fine-grained',
    permissions: { organization_secrets: 'write' },
    repositories: ['acme/web'],
    organizations: ['acme'],
  })
  const store = world.github.addOrganization('acme')
  store.set('REFRESH_TOKEN', world.storedRefreshToken ?? '', {
    visibility: 'selected',
    selected_repository_ids: [world.repository.id],
  })
  world.githubProxy.rules.push({
    method: 'PUT',
    path: /\/REFRESH_TOKEN$/,
    fault: refused,
  })
  const { main } = await world.run({
    with: { 'refresh-token-secret': 'organization:acme/REFRESH_TOKEN' },
  })
  expect(await paste(commandIn(main.annotations[0]?.message ?? ''))).toBe(204)
  expect(store.get('REFRESH_TOKEN')).toMatchObject({
    visibility: 'selected',
    selectedRepositoryIds: new Set([world.repository.id]),
  })
  expect(await world.authorizationServer.liveRefreshTokens()).toEqual([
    store.get('REFRESH_TOKEN')?.value,
  ])
})

test('force by hand, when nobody knows whether the token works', async () => {
  world.authorizationProxy.rules.push({
    times: 1,
    fault: { kind: 'drop', when: 'before' },
  })
  await world.run()
  world.clock.advance(200_000)
  const blocked = await world.run()
  expect(blocked.main.outputs['credential-state']).toBe('unknown')
  expect(blocked.main.annotations[0]?.message).toContain('`force: true`')

  // Not on a schedule.
  const force = { with: { force: 'true' } }
  const scheduled = await world.run(force)
  expect(scheduled.main.outputs['credential-state']).toBe('unknown')
  const byHand = await world.run({
    ...force,
    job: { eventName: 'workflow_dispatch' },
  })
  expect(byHand.main.outputs['outcome']).toBe('rotated')
})

test('introspection makes that unnecessary', async () => {
  const inputs = {
    'introspection-endpoint': `${world.authorizationServer.issuer}/token/introspection`,
  }
  world.authorizationProxy.rules.push({
    times: 1,
    fault: { kind: 'drop', when: 'before' },
  })
  await world.run({ with: inputs })
  world.clock.advance(200_000)
  const { main } = await world.run({ with: inputs })
  expect(main.outputs['outcome']).toBe('rotated')
})

test('introspection tells that the token is dead, once it is known to tell', async () => {
  const inputs = {
    'introspection-endpoint': `${world.authorizationServer.issuer}/token/introspection`,
  }
  await world.run({ with: inputs })
  world.authorizationProxy.rules.push({
    times: 1,
    path: /token$/,
    fault: { kind: 'drop', when: 'after' },
  })
  await world.run({ with: inputs })
  world.clock.advance(200_000)
  const { main } = await world.run({ with: inputs })
  expect(main.outputs).toMatchObject({
    outcome: 'failed',
    'credential-state': 'lost',
    'error-code': 'REAUTHORIZATION_REQUIRED',
  })
  expect(world.authorizationServer.replays).toBe(0)
})
