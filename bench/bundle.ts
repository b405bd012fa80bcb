import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Bundles as scripts/build.ts does, but for the licences.
 *
 * @returns the path of the bundle
 */
export async function bundle(
  source: string,
  folder: string,
  options: readonly string[] = [],
): Promise<string> {
  await promisify(execFile)(
    process.execPath,
    [
      join(root, 'node_modules/@vercel/ncc/dist/ncc/cli.js'),
      ...['build', source, '--out', folder, '--no-cache', '--quiet'],
      ...options,
    ],
    { cwd: root },
  )
  return join(folder, 'index.js')
}
