import { spawnSync } from 'node:child_process'
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { expect, test } from '@jest/globals'

import { find } from './files.ts'

/*
 * What is measured in bench/ is time, which decides nothing here. These are the
 * counts that the time follows from; requests and round trips are counted in
 * scenarios/a-scheduled-run-rotates-the-token.test.ts.
 */
const root = fileURLToPath(new URL('../..', import.meta.url))

test('dist/ has less than 2.83 MB, licences aside, and is one bundle', () => {
  const files = find('dist/**/*.js')
  expect(files.sort()).toEqual(['dist/main/index.js', 'dist/post/index.js'])
  const bytes = files
    .map((file) => statSync(join(root, file)).size)
    .reduce((sum, size) => sum + size)
  expect(bytes).toBeLessThan(2_830_000)
  expect(statSync(join(root, 'dist/post/index.js')).size).toBeLessThan(500)
})

interface Coverage {
  readonly result: readonly {
    readonly url: string
    readonly functions: readonly {
      readonly ranges: readonly [
        { readonly startOffset: number; readonly count: number },
      ]
    }[]
  }[]
}

/** Runs a step that has nothing to do, and counts what it evaluates. */
function countModules(file: string): number {
  const folder = mkdtempSync(join(tmpdir(), 'rotate-token-coverage-'))
  try {
    spawnSync(process.execPath, [join(root, file)], {
      env: { NODE_V8_COVERAGE: folder },
    })
    const [report = ''] = readdirSync(folder)
    const { result } = JSON.parse(
      readFileSync(join(folder, report), 'utf8'),
    ) as Coverage
    const bundle = result.find(({ url }) => url.endsWith('dist/main/index.js'))
    const code = readFileSync(join(root, 'dist/main/index.js'), 'utf8')
    return (bundle?.functions ?? []).filter(({ ranges: [range] }) => {
      // Webpack writes this before the function that a module is wrapped in.
      const before = code.slice(0, range.startOffset).slice(-10)
      return range.count > 0 && before.endsWith('/***/ (')
    }).length
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('no more modules are loaded at the start than there have to be', () => {
  const count = countModules('dist/main/index.js')
  // A count of almost none would be a mistake in counting.
  expect(count).toBeGreaterThan(50)
  expect(count).toBeLessThanOrEqual(157)
})

test('the post step loads none of them when there is nothing to do', () => {
  expect(countModules('dist/post/index.js')).toBe(0)
})
