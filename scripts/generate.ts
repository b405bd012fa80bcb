/**
 * Writes what follows from the files in src/oauth/providers/.
 *
 *   npm run generate
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { format, resolveConfig } from 'prettier'

import { buildProviderList } from './provider-list.ts'
import { buildProvidersPage } from './providers-page.ts'
import { readProviders } from './read-providers.ts'

/** The generated files as they have to be, by their path from the top. */
export async function generate(): Promise<ReadonlyMap<string, string>> {
  const providers = await readProviders()
  const files = new Map([
    [
      'src/oauth/generated-providers.ts',
      buildProviderList([...providers.keys()]),
    ],
    ['docs/providers.md', buildProvidersPage(providers)],
  ])
  for (const [path, text] of files) {
    const filepath = pathOf(path)
    const options = await resolveConfig(filepath)
    files.set(path, await format(text, { ...options, filepath }))
  }
  return files
}

function pathOf(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of await generate()) writeFileSync(pathOf(path), text)
}
