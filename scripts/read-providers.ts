import { readdirSync, readFileSync } from 'node:fs'

import type { Provider } from '../src/oauth/provider.ts'

const folder = new URL('../src/oauth/providers/', import.meta.url)

export interface ProviderFile {
  readonly provider: Provider
  /** In which months it was read. */
  readonly read: readonly string[]
}

/** What stands in the folder, in order of id. */
export async function readProviders(): Promise<
  ReadonlyMap<string, ProviderFile>
> {
  const files = new Map<string, ProviderFile>()
  const ids = readdirSync(folder).map((file) => file.replace(/\.ts$/, ''))
  for (const id of ids.sort()) {
    const file = new URL(`${id}.ts`, folder)
    const { provider } = (await import(file.href)) as { provider?: Provider }
    if (provider === undefined) throw new Error(`${id}.ts exports no provider.`)
    const sources = readSources(readFileSync(file, 'utf8'))
    if (sources.size === 0) {
      throw new Error(`${id}.ts does not say when and where it was read.`)
    }
    files.set(id, { provider, read: [...sources.keys()].sort() })
  }
  return files
}

/**
 * The sources of a file, by the month in which they were read. They stand in a
 * comment, so that the bundle does not carry them.
 */
export function readSources(text: string): ReadonlyMap<string, string[]> {
  const blocks = text.matchAll(
    /^ \* Read (20\d\d-(?:0[1-9]|1[0-2])):\n((?: \* - \S.*\n)+)/gm,
  )
  return new Map(
    [...blocks].map(([, month = '', lines = '']) => [
      month,
      lines
        .trimEnd()
        .split('\n')
        .map((line) => line.replace(' * - ', '')),
    ]),
  )
}
