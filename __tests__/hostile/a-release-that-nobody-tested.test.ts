import { execFileSync, spawnSync } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'

import { read } from '../project/files.ts'

interface Step {
  readonly id?: string
  readonly name?: string
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, unknown>>
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>
  readonly needs?: string
  readonly steps: readonly Step[]
}

const workflow = parse(read('.github/workflows/release.yml')) as {
  readonly permissions: object
  readonly jobs: Readonly<Record<string, Job>>
}

const jobs = Object.entries(workflow.jobs)
const publish = workflow.jobs['publish']

describe('the workflow of a release', () => {
  test('gives permissions to no job that runs code of others', () => {
    expect(workflow.permissions).toEqual({})
    for (const [, { permissions = {}, steps }] of jobs) {
      const installs = steps.some(({ run = '', uses = '' }) =>
        /npm|npx|node |\.ci\/|setup-node/.test(run + uses),
      )
      if (installs) expect(permissions).toEqual({})
    }
    expect(jobs.map(([name]) => name)).toEqual(['test', 'publish'])
  })

  test('publishes after the tests only, with what was tested', () => {
    expect(publish?.needs).toBe('test')
    const names = publish?.steps.map(({ name, uses }) => name ?? uses ?? '')
    const last = names?.slice(-2).map((name) => name.split('@')[0])
    expect(last).toEqual(['actions/attest-build-provenance', 'Publish'])
  })
})

/** A step as the runner runs it: bash, and the first failure ends it. */
function run(
  name: string,
  folder: string,
  environment: Record<string, string>,
): number | null {
  const step = publish?.steps.find((each) => each.name === name)
  if (step?.run === undefined) throw new Error(`no step ${name}`)
  return spawnSync('bash', ['-eo', 'pipefail', '-c', step.run], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', ...environment },
  }).status
}

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotate-token-release-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

describe('a tag', () => {
  const step = 'The tag is the version, and on main'

  function git(...words: string[]): string {
    const who = ['-c', 'user.name=x', '-c', 'user.email=x@example.com']
    return execFileSync('git', [...who, ...words], { cwd: folder })
      .toString()
      .trim()
  }

  function commit(message: string): string {
    git('add', '.')
    git('commit', '--quiet', '--allow-empty', '--message', message)
    return git('rev-parse', 'HEAD')
  }

  let onMain: string
  let beside: string

  beforeEach(() => {
    git('init', '--quiet', '--initial-branch', 'main')
    writeFileSync(join(folder, 'package.json'), '{ "version": "1.2.3" }')
    onMain = commit('one')
    commit('two')
    git('update-ref', 'refs/remotes/origin/main', 'HEAD')
    git('checkout', '--quiet', '-b', 'other', onMain)
    beside = commit('three')
  })

  test('on main with its version is published', () => {
    expect(run(step, folder, { TAG: 'v1.2.3', GITHUB_SHA: onMain })).toBe(0)
  })

  test('beside main is not', () => {
    const status = run(step, folder, { TAG: 'v1.2.3', GITHUB_SHA: beside })
    expect(status).not.toBe(0)
  })

  test('of another version is not', () => {
    const status = run(step, folder, { TAG: 'v1.2.4', GITHUB_SHA: onMain })
    expect(status).not.toBe(0)
  })
})

describe('the bytes', () => {
  const step = 'The bytes are those that were tested'

  /** What the job with the tests says of them. */
  function digest(): string {
    const build = workflow.jobs['test']?.steps.find(({ id }) => id === 'build')
    const [, command = ''] = /digest=\$\((.*)\)$/m.exec(build?.run ?? '') ?? []
    const options = { cwd: folder }
    return execFileSync('bash', ['-c', command], options).toString().trim()
  }

  test('that were tested are published, and no others', () => {
    cpSync('dist', join(folder, 'dist'), { recursive: true })
    const TESTED = digest()
    expect(TESTED).toMatch(/^[0-9a-f]{64}$/)
    expect(run(step, folder, { TESTED })).toBe(0)
    appendFileSync(join(folder, 'dist/post/index.js'), '\n')
    expect(run(step, folder, { TESTED })).not.toBe(0)
    expect(run(step, folder, { TESTED: '' })).not.toBe(0)
  })
})
