import { readFileSync } from 'node:fs'
import { SourceMap, type SourceMapPayload } from 'node:module'
import { pathToFileURL } from 'node:url'

/** Where each line of a bundle comes from. */
export class Origins {
  readonly url: string
  readonly code: string
  readonly #map: SourceMap
  readonly #paths = new Map<number, string>()

  /** @param file the bundle, with its source map beside it */
  constructor(file: string) {
    this.url = pathToFileURL(file).href
    this.code = readFileSync(file, 'utf8')
    this.#map = new SourceMap(
      JSON.parse(readFileSync(`${file}.map`, 'utf8')) as SourceMapPayload,
    )
  }

  /** Whether another bundle is the same but for its source map. */
  isSameCode(file: string): boolean {
    return this.code
      .replace(/\n\/\/# sourceMappingURL=.*\s*$/, '')
      .startsWith(readFileSync(file, 'utf8').trimEnd())
  }

  /** The source of a line, counted from 0. */
  pathOf(line: number, column: number): string {
    const known = this.#paths.get(line)
    if (known !== undefined) return known
    const entry = this.#map.findEntry(line, column)
    const source = 'originalSource' in entry ? entry.originalSource : ''
    const path = source
      .replace(/^webpack:\/\/[^/]*\//, '')
      .replace(/^(?:\.\/|\.\.\/)+/, '')
    // No line has code of two modules.
    this.#paths.set(line, path)
    return path
  }
}

/**
 * The package that a source belongs to; undefined for what webpack put between
 * them, which works for somebody else.
 */
export function ownerOf(path: string): string | undefined {
  if (path.includes('node_modules/')) {
    const installed = path.split('node_modules/').at(-1) ?? ''
    const [scope = '', name = ''] = installed.split('/')
    return scope.startsWith('@') ? `${scope}/${name}` : scope
  }
  return path.startsWith('src/') ? 'src/' : undefined
}
