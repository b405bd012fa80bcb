import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { parse } from 'yaml'

import { readFileCommands } from './commands.ts'
import { evaluate, type Contexts } from './expressions.ts'

export interface Step {
  readonly id?: string
  readonly uses?: string
  readonly run?: string
  readonly env?: Readonly<Record<string, string>>
  readonly with?: Readonly<Record<string, string | boolean | number>>
}

export interface WorkflowJob {
  readonly environment?: string
  readonly needs?: string
  readonly strategy?: {
    readonly matrix: Readonly<Record<string, readonly string[]>>
  }
  readonly outputs?: Readonly<Record<string, string>>
  readonly steps: readonly Step[]
}

export interface Workflow {
  readonly jobs: Readonly<Record<string, WorkflowJob>>
}

export function parseWorkflow(text: string): Workflow {
  return parse(text) as Workflow
}

/** The jobs that a matrix makes of one: their `matrix` contexts. */
export function expandMatrix({
  strategy,
}: WorkflowJob): Record<string, string>[] {
  const [[name, values] = []] = [Object.entries(strategy?.matrix ?? {})[0]]
  return name === undefined
    ? [{}]
    : (values ?? []).map((value) => ({ [name]: value }))
}

/** What a `run` step printed and gave. */
export interface ShellResult {
  readonly printed: string
  readonly outputs: Readonly<Record<string, string>>
}

/** Does what the runner does with `run`: bash, which stops at the first failure. */
export function runShell(
  { run = '', env = {} }: Step,
  contexts: Contexts,
): ShellResult {
  const folder = mkdtempSync(join(tmpdir(), 'rotate-token-step-'))
  try {
    const script = join(folder, 'script.sh')
    const output = join(folder, 'output')
    writeFileSync(script, evaluate(run, contexts))
    writeFileSync(output, '')
    const variables = Object.entries(env).map(([name, value]) => [
      name,
      evaluate(value, contexts),
    ])
    const printed = execFileSync(
      'bash',
      ['--noprofile', '--norc', '-eo', 'pipefail', script],
      {
        encoding: 'utf8',
        env: {
          PATH: process.env['PATH'],
          GITHUB_OUTPUT: output,
          ...(Object.fromEntries(variables) as Record<string, string>),
        },
      },
    )
    return { printed, outputs: readFileCommands(readFileSync(output, 'utf8')) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
