import { expect, test } from '@jest/globals'
import { parse } from 'yaml'

import { find, read } from './files.ts'

interface Job {
  readonly 'timeout-minutes'?: number
  readonly strategy?: { readonly matrix: { readonly runner?: string[] } }
  readonly steps: readonly { readonly run?: string }[]
}

interface Workflow {
  readonly concurrency?: object
  readonly jobs: Readonly<Record<string, Job>>
}

function jobsOf(file: string): Readonly<Record<string, Job>> {
  return (parse(read(file)) as Workflow).jobs
}

const ci = jobsOf('.github/workflows/ci.yml')

test('CI builds and tests on every system that has runners', () => {
  const { strategy, steps = [] } = ci['systems'] ?? {}
  expect(strategy?.matrix.runner).toEqual([
    'ubuntu-latest',
    'macos-latest',
    'windows-latest',
  ])
  const commands = steps.flatMap(({ run = [] }) => run)
  expect(commands).toEqual([
    'npm ci',
    'npm run build',
    expect.stringContaining('npm test -- --verbose'),
  ])
  expect(commands.join()).not.toMatch(/__tests__\/(?!hostile|project)/)
})

test('CI runs all that has to hold on Ubuntu', () => {
  const commands = ci['test']?.steps.flatMap(({ run = [] }) => run)
  expect(commands).toEqual(['.ci/run'])
})

test('CI lints the workflows and the examples with pinned linters', () => {
  const commands = ci['workflows']?.steps.flatMap(({ run = [] }) => run)
  expect(commands).toEqual(['.ci/lint-workflows'])
  const script = read('.ci/lint-workflows')
  expect(script).toContain(
    'workflows=(.github/workflows/*.yml .github/examples/*.yml)',
  )
  expect(script).toContain('--require-hashes --only-binary :all:')
  const requirements = read('.github/linters/requirements.txt')
  expect(requirements).toMatch(/^zizmor==\d+\.\d+\.\d+ \\$/m)
  // These need an entry each, or nobody would update them.
  const { updates } = parse(read('.github/dependabot.yml')) as {
    updates: { 'package-ecosystem': string; directory: string }[]
  }
  const linters = updates
    .filter(({ directory }) => directory === '/.github/linters')
    .map((update) => update['package-ecosystem'])
  expect(linters).toEqual(['pip', 'gomod'])
})

test('no job goes on for ever', () => {
  const jobs = find('.github/workflows/*.yml').flatMap((file) =>
    Object.entries(jobsOf(file)),
  )
  const endless = jobs.filter(([, job]) => !((job['timeout-minutes'] ?? 0) > 0))
  expect(endless.map(([name]) => name)).toEqual([])
})

test('what a system cannot do is said in one place, and nothing else is skipped', () => {
  const pattern =
    /process\.platform|\b(?:test|it|describe)\.(?:skip|only|todo|failing)/
  const files = find('__tests__/**/*.ts').filter(
    (file) => !file.startsWith('__tests__/project/'),
  )
  const conditional = files.filter((file) => pattern.test(read(file)))
  expect(conditional).toEqual(['__tests__/support/what-systems-can.ts'])
  // Named where it is promised that the rest is tested.
  const said = read('.github/CONTRIBUTING.md')
  expect(said).toContain('what-systems-can.ts')
})
