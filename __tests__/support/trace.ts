import { appendFileSync, mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'

import type { SeenRequest } from './http-server.ts'
import type { RunResult, StepResult } from './runner/runner.ts'

/** Where traces go, if they are wanted: `TRACES=folder npm test -- scenarios`. */
const folder = process.env['TRACES'] ?? ''

/** Of Jest, where it runs: the demonstration and the benchmarks use this world, too. */
const jest = globalThis as unknown as {
  readonly expect: {
    getState(): { currentTestName?: string; testPath?: string }
  }
}

/** What changes from run to run, and what stands for it. */
const changing: readonly (readonly [RegExp, string])[] = [
  [/https?:\/\/127\.0\.0\.1:\d+/g, '<server>'],
  [/127\.0\.0\.1:\d+/g, '<host>'],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, '<jwt>'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, '<time>'],
  [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, '<time>'],
  [/\b[0-9a-f]{40}\b/g, '<commit>'],
  [/\b[0-9a-f]{32}\b/g, '<hash>'],
  [/(rotate-token-)[0-9a-f]{16}/g, '$1<nonce>'],
  [/\b[0-9a-f]{16}\b/g, '<nonce>'],
  [/\b\d{13}\b/g, '<key>'],
  [/[A-Za-z0-9+/]{60,}={0,2}/g, '<box>'],
  [/\b\d+(?:\.\d+)? s\b/g, '<seconds>'],
  [/ghadelimiter_[\w-]+/g, '<delimiter>'],
  [/\bghs_\w+/g, '<installation token>'],
]

function normalize(text: string, tokens: readonly string[]): string {
  const named = tokens.reduce(
    (rest, token, index) => rest.replaceAll(token, `<token ${index}>`),
    text,
  )
  return changing.reduce(
    (rest, [pattern, name]) => rest.replaceAll(pattern, name),
    named,
  )
}

/** Requests that go out side by side come in any order, so they are sorted. */
function describe({ method, path, body, status }: SeenRequest): string {
  const fields = body.startsWith('{')
    ? Object.keys(JSON.parse(body) as object)
    : [...new URLSearchParams(body).keys()]
  return `${method} ${path} ${fields.sort().join()} ${status}`
}

/** Notes everything that a run did, for a comparison with another version. */
export function trace(
  { main, post }: RunResult,
  requests: Readonly<Record<string, readonly SeenRequest[]>>,
  history: readonly string[],
  tokens: readonly string[],
): void {
  if (folder === '') return
  const { currentTestName = '', testPath = '' } = jest.expect.getState()
  const step = (result: StepResult): object => ({
    exit: result.exitCode ?? result.signal,
    outputs: result.outputs,
    log: result.log,
    annotations: result.annotations,
    summary: result.summary.split('\n'),
    files: Object.keys(result.files)
      .filter((file) => !file.includes('_runner_file_commands'))
      .sort(),
  })
  const whole = {
    test: currentTestName,
    main: step(main),
    post: step(post),
    requests: Object.fromEntries(
      Object.entries(requests).map(([name, all]) => [
        name,
        all.map(describe).sort(),
      ]),
    ),
    record: history.map((message) => message.split('\n')),
  }
  mkdirSync(folder, { recursive: true })
  appendFileSync(
    join(folder, basename(testPath).replace(/\.test\.ts$/, '.txt')),
    `${normalize(JSON.stringify(whole, undefined, 1), tokens)}\n`,
  )
}
