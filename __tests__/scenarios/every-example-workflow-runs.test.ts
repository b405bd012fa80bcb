import { afterEach, beforeEach, expect, test } from '@jest/globals'

import { find, read } from '../project/files.ts'
import { evaluate } from '../support/runner/expressions.ts'
import type { RunResult } from '../support/runner/runner.ts'
import {
  expandMatrix,
  parseWorkflow,
  runShell,
  type Step,
  type Workflow,
  type WorkflowJob,
} from '../support/runner/workflow.ts'
import {
  APP_CLIENT_ID,
  GITHUB_TOKEN,
  REPOSITORY,
  World,
} from '../support/world.ts'

const HANDOVER_KEY = 'a-long-random-text-canary'

let world: World

beforeEach(async () => {
  world = await World.start()
  const { secrets } = world.repository
  secrets.set('OAUTH_REFRESH_TOKEN', world.storedRefreshToken ?? '')
  secrets.set('OAUTH_CLIENT_SECRET', world.client.secret)
  secrets.set('HANDOVER_KEY', HANDOVER_KEY)
  // The one refresh token there is.
  secrets.delete('REFRESH_TOKEN')
})

afterEach(() => world.close())

function example(name: string): Workflow {
  return parseWorkflow(read(`.github/examples/${name}.yml`))
}

function jobOf(workflow: Workflow, name: string): WorkflowJob {
  const job = workflow.jobs[name]
  if (job === undefined) throw new Error(`no job ${name}`)
  return job
}

function stepOf({ steps }: WorkflowJob, index: number): Step {
  const step = steps[index]
  if (step === undefined) throw new Error(`no step ${index}`)
  return step
}

/**
 * Runs the step as it stands there, but for the address of the token endpoint.
 */
async function runStep(
  { with: inputs = {} }: Step,
  {
    environment = '',
    matrix = {},
  }: { environment?: string; matrix?: Record<string, string> } = {},
): Promise<RunResult> {
  return world.run({
    with: {
      // These are World's own, and none of the workflow's.
      ...Object.fromEntries(Object.keys(world.inputs).map((key) => [key, ''])),
      'rotation-class': 'strict',
      ...Object.fromEntries(
        Object.entries(inputs).map(([name, value]) => [name, String(value)]),
      ),
      'token-endpoint': world.inputs['token-endpoint'] ?? '',
    },
    environment,
    job: {
      matrix,
      variables: {
        OAUTH_CLIENT_ID: world.client.id,
        ROTATION_APP_CLIENT_ID: APP_CLIENT_ID,
      },
    },
  })
}

async function expectRotated(
  { main }: RunResult,
  stored: string | undefined,
): Promise<void> {
  expect(main.outputs['outcome']).toBe('rotated')
  expect(await world.authorizationServer.liveRefreshTokens()).toContain(stored)
}

function allow(permissions: Record<string, 'write'>): void {
  world.github.addToken(GITHUB_TOKEN, {
    kind: 'fine-grained',
    permissions,
    repositories: [REPOSITORY],
  })
}

/** The secrets of a job that starts now. */
function secretsNow(environment = ''): Record<string, string> {
  return world.github.queueRun(REPOSITORY)(environment)
}

const tests: Record<string, () => Promise<void>> = {
  rotate: async () => {
    const result = await runStep(stepOf(jobOf(example('rotate'), 'rotate'), 0))
    const { secrets } = world.repository
    await expectRotated(result, secrets.get('OAUTH_REFRESH_TOKEN')?.value)
    expect(secrets.get('OAUTH_ACCESS_TOKEN')?.value).toBe(
      result.main.outputs['access-token'],
    )
  },

  'before-deploy': async () => {
    const job = jobOf(example('before-deploy'), 'deploy')
    const result = await runStep(stepOf(job, 0))
    const { secrets } = world.repository
    await expectRotated(result, secrets.get('OAUTH_REFRESH_TOKEN')?.value)
    const { outputs } = result.main
    const { printed } = runShell(stepOf(job, 1), {
      steps: { token: { outputs } },
    })
    expect(printed).toContain(
      `of ${outputs['access-token']?.length} characters`,
    )
  },

  environment: async () => {
    const { jobs } = example('environment')
    moveToEnvironment('production')
    allow({ environments: 'write' })
    const workflow = { jobs }
    const result = await runStep(stepOf(jobOf(workflow, 'rotate'), 0), {
      environment: 'production',
    })
    const store = world.github.store(
      `repository:${REPOSITORY}/environment:production`,
    )
    await expectRotated(result, store.get('OAUTH_REFRESH_TOKEN')?.value)
    const { printed } = runShell(stepOf(jobOf(workflow, 'deploy'), 0), {
      secrets: secretsNow('production'),
    })
    const { length } = result.main.outputs['access-token'] ?? ''
    expect(printed).toContain(`of ${length} characters`)
  },

  'other-workflow': async () => {
    const result = await runStep(stepOf(jobOf(example('rotate'), 'rotate'), 0))
    const { printed } = runShell(
      stepOf(jobOf(example('other-workflow'), 'use'), 0),
      { secrets: secretsNow() },
    )
    const { length } = result.main.outputs['access-token'] ?? ''
    expect(length).toBeGreaterThan(0)
    expect(printed).toContain(`of ${length} characters`)
  },

  organization: async () => {
    moveToEnvironment('rotation')
    await world.addApp({ environments: 'write', organization_secrets: 'write' })
    const { secrets } = world.repository
    secrets.set(
      'ROTATION_APP_PRIVATE_KEY',
      secrets.get('APP_PRIVATE_KEY')?.value ?? '',
    )
    const organization = world.github.addOrganization('acme')
    organization.set('OAUTH_ACCESS_TOKEN', 'old', {
      visibility: 'selected',
      selected_repository_ids: [world.repository.id],
    })
    const job = jobOf(example('organization'), 'rotate')
    const result = await runStep(stepOf(job, 0), { environment: 'rotation' })
    const store = world.github.store(
      `repository:${REPOSITORY}/environment:rotation`,
    )
    await expectRotated(result, store.get('OAUTH_REFRESH_TOKEN')?.value)
    expect(organization.get('OAUTH_ACCESS_TOKEN')).toMatchObject({
      value: result.main.outputs['access-token'],
      visibility: 'selected',
      selectedRepositoryIds: new Set([world.repository.id]),
    })
    expect(world.github.mintedTokens.every(({ revokedAt }) => revokedAt)).toBe(
      true,
    )
  },

  'several-credentials': async () => {
    const job = jobOf(example('several-credentials'), 'rotate')
    const combinations = expandMatrix(job)
    expect(combinations).toHaveLength(3)
    allow({ environments: 'write' })
    for (const matrix of combinations) {
      const environment = evaluate(job.environment ?? '', { matrix })
      const store = world.github.addEnvironment(world.repository, environment)
      store.set('OAUTH_REFRESH_TOKEN', await world.mintRefreshToken())
      world.clock.advance(60_000)
      const result = await runStep(stepOf(job, 0), { environment, matrix })
      await expectRotated(result, store.get('OAUTH_REFRESH_TOKEN')?.value)
    }
    // Each has a record of its own.
    const records = [...world.repository.git.refs.keys()].filter((ref) =>
      ref.startsWith('refs/rotate-token/'),
    )
    expect(records).toHaveLength(3)
  },

  'dependabot-and-codespaces': async () => {
    allow({
      secrets: 'write',
      dependabot_secrets: 'write',
      codespaces_secrets: 'write',
      agent_secrets: 'write',
    })
    const job = jobOf(example('dependabot-and-codespaces'), 'rotate')
    const result = await runStep(stepOf(job, 0))
    const { secrets } = world.repository
    await expectRotated(result, secrets.get('OAUTH_REFRESH_TOKEN')?.value)
    for (const store of ['', '/dependabot', '/codespaces', '/agents']) {
      expect(
        world.github
          .store(`repository:${REPOSITORY}${store}`)
          .get('REGISTRY_TOKEN')?.value,
      ).toBe(result.main.outputs['access-token'])
    }
  },

  'encrypted-output': async () => {
    const workflow = example('encrypted-output')
    const rotating = jobOf(workflow, 'rotate')
    const { main } = await runStep(stepOf(rotating, 0))
    const token = main.outputs['access-token'] ?? ''
    expect(token).not.toBe('')
    const secrets = secretsNow()
    const sealing = runShell(stepOf(rotating, 1), {
      secrets,
      steps: { rotate: { outputs: main.outputs } },
    })
    expect(sealing.printed).toBe('')
    const [[name, expression] = ['', '']] = Object.entries(
      rotating.outputs ?? {},
    )
    const sealed = evaluate(expression, {
      steps: { seal: { outputs: sealing.outputs } },
    })
    expect(sealed).not.toBe('')
    expect(sealed).not.toContain(token)
    const { printed } = runShell(stepOf(jobOf(workflow, 'deploy'), 0), {
      secrets,
      needs: { rotate: { outputs: { [name]: sealed } } },
    })
    expect(printed).toBe(
      `::add-mask::${token}\nDeploying with a token of ${token.length} characters\n`,
    )
  },
}

function moveToEnvironment(name: string): void {
  const environment = world.github.addEnvironment(world.repository, name)
  const { secrets } = world.repository
  for (const secret of ['OAUTH_REFRESH_TOKEN', 'OAUTH_CLIENT_SECRET']) {
    environment.set(secret, secrets.get(secret)?.value ?? '')
    secrets.delete(secret)
  }
  world.clock.advance(60_000)
}

test.each(Object.entries(tests))('%s', (_, run) => run())

test('and no example is without a test', () => {
  expect(find('.github/examples/*.yml').map(nameOf).sort()).toEqual(
    Object.keys(tests).sort(),
  )
})

function nameOf(file: string): string {
  return file.replace(/^.*\/|\.yml$/g, '')
}
