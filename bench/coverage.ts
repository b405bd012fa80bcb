import { readFileSync } from 'node:fs'

import { ownerOf, type Origins } from './origins.ts'

/** How much of one module was executed. */
export interface CoveredModule {
  readonly path: string
  readonly owner: string
  readonly bytes: number
  readonly executed: number
  /** How many of its functions were called. */
  readonly calls: number
}

interface Coverage {
  readonly result: readonly {
    readonly url: string
    readonly functions: readonly {
      readonly ranges: readonly {
        readonly startOffset: number
        readonly endOffset: number
        readonly count: number
      }[]
    }[]
  }[]
}

/** Reads what V8 wrote for NODE_V8_COVERAGE, by the modules of the bundle. */
export function readCoverage(
  report: string,
  origins: Origins,
): CoveredModule[] {
  const { result } = JSON.parse(readFileSync(report, 'utf8')) as Coverage
  const script = result.find(({ url }) => url === origins.url)
  if (script === undefined) throw new Error('the bundle is not in the report')
  const isExecuted = new Uint8Array(origins.code.length)
  const ranges = script.functions
    .flatMap((each) => each.ranges)
    // What is inside of a range says it better, and has to come after it.
    .sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset)
  for (const { startOffset, endOffset, count } of ranges) {
    isExecuted.fill(count > 0 ? 1 : 0, startOffset, endOffset)
  }
  const modules = new Map<string, Sizes>()
  const lines = splitLines(origins)
  for (const { path, start, end } of lines) {
    const sizes = modules.get(path) ?? { bytes: 0, executed: 0, calls: 0 }
    sizes.bytes += end - start
    for (let at = start; at < end; at++) sizes.executed += isExecuted[at] ?? 0
    modules.set(path, sizes)
  }
  for (const {
    ranges: [range],
  } of script.functions) {
    if (range === undefined || range.count === 0) continue
    const path = pathAt(lines, range.startOffset)
    // What webpack wraps a module into begins before it.
    const isWrapper = path !== pathAt(lines, range.endOffset - 1)
    const sizes = modules.get(path)
    if (sizes && !isWrapper) sizes.calls += 1
  }
  return [...modules].map(([path, sizes]) => ({
    path: path.replace(/^node_modules\//, ''),
    owner: ownerOf(path) ?? '(webpack)',
    ...sizes,
  }))
}

interface Sizes {
  bytes: number
  executed: number
  calls: number
}

interface Line {
  readonly path: string
  readonly start: number
  readonly end: number
}

function splitLines(origins: Origins): Line[] {
  let start = 0
  return origins.code.split('\n').map((text, index) => {
    const line = {
      path: origins.pathOf(index, text.search(/\S/)),
      start,
      end: start + text.length + 1,
    }
    start = line.end
    return line
  })
}

function pathAt(lines: readonly Line[], offset: number): string {
  let [low, high] = [0, lines.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((lines[middle]?.end ?? 0) <= offset) low = middle + 1
    else high = middle
  }
  return lines[low]?.path ?? ''
}
