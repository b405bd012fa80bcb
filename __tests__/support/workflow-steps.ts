import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

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
  readonly needs?: string | readonly string[]
  readonly if?: string
  readonly outputs?: Readonly<Record<string, string>>
  readonly steps: readonly Step[]
}

interface Workflow {
  readonly on: { readonly push?: { readonly tags: readonly string[] } }
  readonly permissions: object
  readonly defaults: object
  readonly jobs: Readonly<Record<string, Job>>
}

export function readWorkflow(path: string): Workflow {
  return parse(read(path)) as Workflow
}

/** Runs a step as the runner does: bash, and the first failure ends it. */
export function runStep(
  job: Job | undefined,
  name: string,
  folder: string,
  environment: Readonly<Record<string, string>>,
): { readonly status: number | null; readonly stdout: string } {
  const step = job?.steps.find((each) => each.name === name)
  if (step?.run === undefined) throw new Error(`no step ${name}`)
  const { status, stdout } = spawnSync(
    'bash',
    ['-eo', 'pipefail', '-c', step.run],
    {
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '', ...environment },
      encoding: 'utf8',
    },
  )
  return { status, stdout }
}

/**
 * Puts a `gh` there that writes down what it is asked and answers with these
 * commands of bash. Returns the environment in which a step finds it.
 */
export function standInForGh(
  folder: string,
  answers: string,
): Record<string, string> {
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  writeFileSync(
    join(bin, 'gh'),
    `#!/bin/bash\necho "$*" >> '${folder}/asked'\n${answers}\n`,
    { mode: 0o755 },
  )
  return {
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    GITHUB_REPOSITORY: 'rotate-token/rotate-token',
    RUNNER_TEMP: folder,
  }
}

/** What the stand-in was asked, one line for each time. */
export function askedOfGh(folder: string): string[] {
  const asked = join(folder, 'asked')
  if (!existsSync(asked)) return []
  return readFileSync(asked, 'utf8').trimEnd().split('\n')
}
